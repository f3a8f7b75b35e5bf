"""Tools that lie, fail half-way or hang: the repair is proved or undone, byte for byte."""

from scenario import SERVICE, Scenario, main, policy


class RepairFaults(Scenario):
    def repair(self, limits=None, **faults):
        """A server with broken counters and ill-behaved tools; returns it and its counters."""
        lab = self.server()
        lab.break_("inconsistentCounters")
        lab.settings(**faults)
        before = lab.counters()
        lab.install(policy=policy("repair", limits=limits or {}))
        lab.wait_for_alert(100)
        lab.perflib_event(form="classic", status=1003)
        return lab, before

    def assert_failed_and_undone(self, lab, before, step):
        alert = lab.wait_for_alert(203)
        self.assertEqual(alert.strings[:2] + alert.strings[3:], [SERVICE, step, "yes"])
        lab.stop()
        self.assertEqual(lab.counters(), before)
        for tool in ("regsvr32.exe", "unlodctr.exe", "lodctr.exe"):
            self.assertEqual(lab.processes(tool), [])

    def test_unlodctr_says_2_though_done(self):
        lab, _ = self.repair(unlodctr={"exitCode": 2})
        lab.wait_for_alert(202)
        self.assert_counters_whole(lab)
        lab.stop()

    def test_lodctr_says_0_though_nothing_done(self):
        lab, before = self.repair(lodctr={"nothing": 1})
        self.assert_failed_and_undone(lab, before, "loadCounters")

    def test_lodctr_fails_after_unlodctr(self):
        lab, before = self.repair(lodctr={"fail": 183})
        self.assert_failed_and_undone(lab, before, "loadCounters")

    def test_lodctr_fails_between_texts_and_totals(self):
        lab, before = self.repair(lodctr={"failAfterTexts": 112})
        self.assert_failed_and_undone(lab, before, "loadCounters")

    def test_lodctr_hangs(self):
        lab, before = self.repair(limits={"commandTimeout": "3s"}, lodctr={"misbehave": "hang"})
        self.assert_failed_and_undone(lab, before, "loadCounters")

    def test_unlodctr_hangs(self):
        lab, before = self.repair(limits={"commandTimeout": "3s"}, unlodctr={"misbehave": "hang"})
        self.assert_failed_and_undone(lab, before, "unloadCounters")

    def test_unlodctr_says_0_though_nothing_done(self):
        lab, before = self.repair(unlodctr={"nothing": 1})
        self.assert_failed_and_undone(lab, before, "unloadCounters")

    def test_the_tools_do_all_and_log_nothing(self):
        """Where the system has the event source LoadPerf its events are part of the proof."""
        lab, before = self.repair(loadperf={"form": "none"})
        self.assert_failed_and_undone(lab, before, "unloadCounters")
        self.assertIn("LoadPerf did not log event 1001", lab.said(203).strings[2])

    def test_lodctr_prints_without_end(self):
        lab, before = self.repair(limits={"commandTimeout": "3s"},
                                  lodctr={"misbehave": "endlessOutput"})
        self.assert_failed_and_undone(lab, before, "loadCounters")

    def test_lodctr_crashes(self):
        lab, before = self.repair(lodctr={"misbehave": "crash"})
        self.assert_failed_and_undone(lab, before, "loadCounters")

    def test_regsvr32_fails_and_the_counter_steps_go_on(self):
        """Performance libraries need not be COM servers: no exit code of it stops the rest."""
        for code in (3, 4, 5):
            with self.subTest(code=code):
                lab = self.server(f"regsvr32-{code}")
                lab.break_("inconsistentCounters")
                lab.settings(regsvr32={"exitCode": code})
                lab.install(policy=policy("repair"))
                lab.wait_for_alert(100)
                lab.perflib_event(form="classic", status=1003)
                lab.wait_for_alert(202)
                self.assert_counters_whole(lab)
                lab.stop()

    def test_regsvr32_hangs(self):
        lab, before = self.repair(limits={"commandTimeout": "3s"}, regsvr32={"misbehave": "hang"})
        self.assert_failed_and_undone(lab, before, "registerLibrary")


if __name__ == "__main__":
    main()
