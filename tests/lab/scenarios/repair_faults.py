"""Tools that lie, fail half-way or hang: the repair is proved or undone, byte for byte."""

from scenario import SERVICE, Scenario, exchange, main, policy


# A loaded machine may need seconds to start a tool, and those that do not hang have to end within it.
DEADLINE = "15s"


class RepairFaults(Scenario):
    def repair(self, limits=None, name="", **faults):
        """A server with broken counters and ill-behaved tools; returns it and its counters."""
        return self.failing_server(policy("repair", limits=limits or {}), name, **faults)

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

    # What does not come to its end by itself: the step, and what misbehaves how. regsvr32 hangs in DllRegisterServer.
    ENDLESS = [("registerLibrary", "imsperf", {"register": "hang"}),
               ("unloadCounters", "unlodctr", {"misbehave": "hang"}),
               ("loadCounters", "lodctr", {"misbehave": "hang"}),
               ("loadCounters", "lodctr", {"misbehave": "endlessOutput"})]

    def test_what_hangs_or_prints_without_end(self):
        def play(case):
            step, what, fault = case
            lab, before = self.repair({"commandTimeout": DEADLINE}, "-".join([step, *fault.values()]), **{what: fault})
            self.assert_failed_and_undone(lab, before, step)
            self.assertIn("did not end", lab.said(203).strings[2])
        self.side_by_side(play, *self.ENDLESS)

    def test_unlodctr_says_0_though_nothing_done(self):
        lab, before = self.repair(unlodctr={"nothing": 1})
        self.assert_failed_and_undone(lab, before, "unloadCounters")

    def test_the_tools_do_all_and_log_nothing(self):
        """Where the system has the event source LoadPerf its events are part of the proof."""
        lab, before = self.repair(loadperf={"form": "none"})
        self.assert_failed_and_undone(lab, before, "unloadCounters")
        self.assertIn("LoadPerf did not log event 1001", lab.said(203).strings[2])

    def test_lodctr_crashes(self):
        lab, before = self.repair(lodctr={"misbehave": "crash"})
        self.assert_failed_and_undone(lab, before, "loadCounters")

    def test_regsvr32_fails_and_the_counter_steps_go_on(self):
        """Performance libraries need not be COM servers: no exit code of it stops the rest, and where the library
        has no DllRegisterServer it is not run."""
        lab = self.server()
        lab.install(policy=policy("repair", limits={"coolDown": "10ms", "attempts": 10}))
        lab.wait_for_alert(100)
        for code, faults in (([3], {"regsvr32": {"exitCode": 3}}), ([5], {"imsperf": {"register": 1}}), ([], {})):
            with self.subTest(code=code):
                exchange.heal(lab)
                lab.break_("inconsistentCounters")
                if not code:
                    lab.break_("noRegisterServer")
                lab.settings(**faults)
                lab.forget_journal()
                begun = lab.last_record()
                lab.perflib_event(form="classic", status=1003)
                done = lab.wait_for_alert(202, after=begun)
                self.assertNotIn("registerLibrary", done.strings[1])
                self.assertEqual([entry["exitCode"] for entry in lab.journal()
                                  if entry.get("ended") == "regsvr32"], code)
                self.assert_article_steps(lab, [("regsvr32", ["/s", exchange.LIBRARY])][:len(code)] +
                                          [("unlodctr", [SERVICE]), ("lodctr", ["imcperf.ini"])])
                self.assert_counters_whole(lab)
        lab.stop()


if __name__ == "__main__":
    main()
