"""A changed policy is taken over while the service runs; a bad one never stops anything."""

import json
import os

from scenario import BROKEN, Scenario, Writing, main, policy, until

from lab import PARAMCHANGE

POLICY = "c:\\programdata\\imshealth\\policy.json"
KEPT = "c:\\programdata\\imshealth\\policy.kept.json"


class PolicyReload(Scenario):
    def running(self, mode, **more):
        """A server whose service runs on this policy; the event 100."""
        lab = self.server()
        lab.install(policy=policy(mode, **more))
        return lab, lab.wait_for_alert(100)

    def repairing(self):
        """A server whose service is in the middle of a repair; the event 100."""
        lab, _ = self.failing_server(policy("repair"), lodctr={"slow": 2000})
        lab.wait_for_alert(201)
        return lab, lab.said(100)

    def assert_taken_over(self, alert, mode, file=POLICY):
        self.assertEqual([alert.strings[0].lower(), alert.strings[1]], [file, mode])
        self.assertEqual(alert.type, 4)

    def policy_in_force(self, lab, file, refused=False):
        """As status says it, and whether a later one was refused. Since when."""
        def told():
            return json.loads(lab.imshealth("status", "--json")[1])["policy"]
        until(lambda: (told()["file"] or "").lower() == file, f"{file} is in force")
        since = told()["since"]
        more = "; policy.json was refused, see event 110" if refused else ""
        self.assertIn(f"as it was at {since}{more}\n", lab.imshealth("status")[1])
        return since

    def assert_in_force(self, lab, decision):
        """A failure is decided as this policy has it."""
        begun = lab.last_record()
        lab.break_("inconsistentCounters")
        lab.perflib_event(form="classic", status=1003)
        self.assertEqual(lab.wait_for_alert(200, after=begun).strings[3], decision)

    def test_file_replaced_by_rename(self):
        lab, started = self.running("alert")
        lab.write_policy(policy("repair"))
        self.assert_taken_over(lab.wait_for_alert(102, after=started.number), "repair")
        self.assert_in_force(lab, "repair")
        lab.wait_for_alert(202)
        lab.stop()

    def test_file_written_in_place(self):
        lab, started = self.running("alert")
        self.overwrite(lab, self.bytes_of(policy("repair")))
        self.assert_taken_over(lab.wait_for_alert(102, after=started.number), "repair")
        lab.stop()

    def test_file_copied_over_as_it_is_distributed(self):
        """installer/README.md, Policy distribution: check, then copy /y over the file in use."""
        lab, started = self.running("alert")
        prepared = lab.wine.prefix / "drive_c" / "install" / "policy.json"
        prepared.parent.mkdir()
        prepared.write_bytes(self.bytes_of(policy("repair")))
        code, text = lab.imshealth("policy", "check", "C:\\install\\policy.json")
        self.assertEqual(code, 0)
        self.assertTrue(text.endswith("C:\\install\\policy.json: good\n"), text)
        lab.wine.run("cmd", "/c", "copy", "/y", "C:\\install\\policy.json",
                     "C:\\ProgramData\\ImsHealth\\policy.json")
        self.assert_taken_over(lab.wait_for_alert(102, after=started.number), "repair")
        self.assertEqual(self.said(lab, started), [102])
        lab.stop()

    def test_half_written_file_is_not_judged(self):
        """Somebody writes for two seconds: none of it is refused, only the end is taken over."""
        lab, started = self.running("alert")
        whole = self.bytes_of(policy("repair"))
        with open(lab.data / "policy.json", "r+b", buffering=0) as file:
            def write(count):
                os.pwrite(file.fileno(), b"%08d" % count if count < 200 else whole, 0)
                if count == 200:
                    file.truncate(len(whole))

            with Writing(write, every=0.01, times=201) as writing:
                writing.until_done()  # the last time
        self.assert_taken_over(lab.wait_for_alert(102, after=started.number), "repair")
        if writing.steady():
            self.assertEqual(self.said(lab, started), [102])
        lab.stop()

    def test_control_of_the_service_manager(self):
        lab, started = self.running("alert")
        self.assert_taken_over(self.assert_judged_at_once(lab, started, policy("repair")), "repair")
        begun = lab.last_record()
        lab.write_policy(policy("alert"))
        until(lambda: lab.alerts(begun)[-1:] and lab.alerts(begun)[-1].strings[1] == "alert",
              "the watch sees the end of it")
        begun = lab.last_record()
        lab.control(PARAMCHANGE)  # nothing has changed: nothing is said
        lab.stop()
        self.assertEqual([each.code for each in lab.alerts(begun)], [101])

    def test_bad_file_is_refused_and_the_last_good_one_stays(self):
        lab, started = self.running("repair")
        lab.write_policy(BROKEN)
        refused = lab.wait_for_alert(110, after=started.number)
        self.assertEqual((refused.strings[0].lower(), refused.strings[1]), (POLICY, "3:11"))
        self.assertEqual(refused.strings[2], '"repare" is not a mode; did you mean "repair"?')
        self.assertEqual(refused.type, 1)
        since = self.policy_in_force(lab, POLICY, refused=True)
        self.assert_in_force(lab, "repair")
        lab.wait_for_alert(202)
        lab.stop()

        # Across a restart: the kept copy.
        begun = lab.last_record()
        lab.start()
        again = lab.wait_for_alert(100, after=begun)
        self.assertEqual((again.strings[1], again.strings[2].lower()), ("repair", KEPT))
        self.assertEqual(lab.wait_for_alert(110, after=begun).strings[1], "3:11")
        self.assertLess(since, self.policy_in_force(lab, KEPT, refused=True))

        # The corrected file is taken over by itself.
        lab.write_policy(policy("alert"))
        self.assert_taken_over(lab.wait_for_alert(102, after=again.number), "alert")
        self.policy_in_force(lab, POLICY)
        lab.stop()
        self.assertEqual(self.said(lab, again), [102, 101])

    def test_deleted_file_means_the_default(self):
        lab, started = self.running("repair")
        (lab.data / "policy.json").unlink()
        gone = lab.wait_for_alert(110, after=started.number)
        self.assertEqual((gone.strings[0].lower(), gone.strings[1]), (POLICY, "1:1"))
        self.assertIn("gone", gone.strings[2])
        self.assert_taken_over(lab.wait_for_alert(102, after=gone.number), "alert", "built-in default")
        self.assert_in_force(lab, "alert")
        lab.stop()

        # It does not come back when the next one is broken.
        begun = lab.last_record()
        lab.write_policy(BROKEN)
        lab.start()
        self.assertEqual(lab.wait_for_alert(100, after=begun).strings[1:3], ["alert", "built-in default"])
        lab.stop()
        self.assertEqual(lab.tool_runs(), [])

    def test_during_a_repair_it_is_taken_over_after_it(self):
        lab, started = self.repairing()
        lab.write_policy(policy("alert"))
        lab.control(PARAMCHANGE)
        lab.wait_for_alert(102, after=started.number)
        self.assertEqual(self.said(lab, started), [200, 201, 202, 102])
        self.assert_counters_whole(lab)
        lab.stop()

    def test_bad_file_during_a_repair_does_not_disturb_it(self):
        lab, started = self.repairing()
        lab.write_policy(BROKEN)
        lab.control(PARAMCHANGE)
        lab.wait_for_alert(202)
        self.assertEqual(self.said(lab, started), [200, 201, 110, 202])
        self.assert_counters_whole(lab)
        lab.stop()

    def test_twenty_times_in_two_seconds_ends_on_the_last(self):
        lab, started = self.running("alert")

        def write(count):
            lab.write_policy(policy("repair" if count % 2 else "alert", limits={"attempts": count + 1}))
        with Writing(write, times=20) as writing:
            writing.until_done()  # the last time
        lab.control(PARAMCHANGE)
        self.assert_in_force(lab, "repair")
        lab.wait_for_alert(202, after=started.number)
        lab.stop()
        said = self.said(lab, started)
        self.assertNotIn(110, said)
        taken = [each for each in lab.alerts(started.number) if each.code == 102]
        if writing.steady():
            self.assertIn(len(taken), range(1, 5), said)
        self.assert_taken_over(taken[-1], "repair")
        self.assertEqual(lab.service_state()["exitCode"], 0)

    @staticmethod
    def bytes_of(contents):
        return json.dumps(contents, indent=2).encode("utf-8")

    @staticmethod
    def overwrite(lab, contents):
        with open(lab.data / "policy.json", "r+b") as file:
            file.write(contents)
            file.truncate()

    @staticmethod
    def said(lab, after):
        return [each.code for each in lab.alerts(after.number)]


if __name__ == "__main__":
    main()
