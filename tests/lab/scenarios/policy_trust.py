"""A policy that others than administrators could have written may alert, but never repair."""

import json
import subprocess

from scenario import SERVICE, Scenario, main, policy

FOREIGN = "C:\\install\\policy.json"


class PolicyTrust(Scenario):
    def assert_untouched(self, lab, before):
        self.assertEqual(lab.tool_runs(), [])
        self.assertEqual(lab.counters(), before)

    def test_service_says_so_and_only_alerts(self):
        lab, before = self.broken_server(policy("repair"))
        (lab.data / "policy.json").chmod(0o666)
        begun = lab.last_record()
        lab.perflib_event(form="classic", status=1003)

        opened = lab.wait_for_alert(200, after=begun)
        service, cause, explanation, decision, _ = opened.strings
        self.assertEqual((service, cause, decision), (SERVICE, "untrustedPath", "untrustedPath"))
        self.assertRegex(explanation.lower(), r"policy: c:\\programdata\\imshealth\\policy\.json can be "
                                              r"changed by everyone")
        self.assertEqual(lab.wait_for_alert(204, after=begun).strings, [SERVICE, "untrustedPath"])
        lab.stop()
        self.assert_untouched(lab, before)

    def test_what_others_wrote_does_not_come_back_as_the_last_good_policy(self):
        lab, before = self.broken_server(policy("alert"))
        file = lab.data / "policy.json"
        file.chmod(0o666)
        begun = lab.last_record()
        file.write_bytes(json.dumps(policy("repair")).encode())
        lab.wait_for_alert(102, after=begun)
        file.write_bytes(b"{")
        lab.wait_for_alert(110, after=begun)
        lab.stop()
        begun = lab.last_record()
        lab.start()
        # Nor does the one before it, which it has replaced.
        self.assertEqual(lab.wait_for_alert(100, after=begun).strings[1:3], ["alert", "built-in default"])
        lab.perflib_event(form="classic", status=1003)
        self.assertEqual(lab.wait_for_alert(200, after=begun).strings[3], "alert")
        lab.stop()
        self.assert_untouched(lab, before)

    def test_command_refuses_even_by_force(self):
        lab, before = self.broken_server(policy("alert"), start=False)
        foreign = self.write(lab, policy("repair"))
        for writable in (foreign, foreign.parent):
            mode = writable.stat().st_mode
            writable.chmod(0o777)
            for more in ([], ["--force"], ["--dry-run"]):
                with self.subTest(writable=writable.name, more=more):
                    code, text = lab.imshealth("repair", "--policy", FOREIGN, "--json", *more)
                    [repaired] = json.loads(text)["services"]
                    self.assertEqual(code, 1)
                    self.assertEqual(repaired["result"], "refused")
                    self.assertRegex(repaired["reason"], r"^untrustedPath: .*policy: C:\\install.* can be "
                                                         r"changed by Everyone")
            writable.chmod(mode)
        self.assert_untouched(lab, before)

    def test_command_repairs_by_a_policy_that_only_administrators_can_write(self):
        lab, _ = self.broken_server(policy("alert"), start=False)
        self.write(lab, policy("repair"))
        code, text = lab.imshealth("repair", "--policy", FOREIGN, "--json")
        self.assertEqual((code, json.loads(text)["services"][0]["result"]), (0, "repaired"), text)
        self.assert_counters_whole(lab)

    def test_the_engine_in_a_window_repairs_by_a_policy_that_is_not_typed_in_full(self):
        lab, _ = self.broken_server(policy("alert"), start=False)
        self.write(lab, policy("repair"))
        foreground = lab.wine.start(lab.program, "run", "--policy", "C:/install/policy.json",
                                    stdout=subprocess.DEVNULL)
        self.assertEqual(lab.wait_for_alert(100).strings[2].lower(), FOREIGN.lower())
        begun = lab.last_record()
        lab.perflib_event(form="classic", status=1003)
        lab.wait_for_alert(202, after=begun)
        lab.kill()
        foreground.wait(30)
        self.assert_counters_whole(lab)

    @staticmethod
    def write(lab, contents):
        folder = lab.wine.prefix / "drive_c" / "install"
        folder.mkdir(mode=0o755)
        file = folder / "policy.json"
        file.write_text(json.dumps(contents), "utf-8")
        file.chmod(0o644)
        return file


if __name__ == "__main__":
    main()
