"""What the service owes the service control manager."""

import json
import shutil
import subprocess
import time

from scenario import SERVICE, Scenario, exchange, main, policy, until

import image  # noqa: E402
from lab import CONTINUE, PAUSE, PAUSED, RUNNING, STAND_IN, STOP, STOPPED  # noqa: E402

START_PENDING, STOP_PENDING = 2, 3
SERVICE_SPECIFIC_ERROR = 1066
ANOTHER_PLACE = "C:\\Ä ö, Ωμ\\IMS 健康"


class ServiceDuties(Scenario):
    def traced(self, lab, end, act):
        """What the SCM saw from before `act` until `end`, one status for each change; and the seconds that
        the service took: from its first word of it, or where that was too short to be seen, from the moment
        at which `act` was done. To start a program takes Wine long on a loaded machine, and is not counted."""
        trace = lab.wine.start("labsc", "trace", "ImsHealth", str(end), "60000")
        first = json.loads(trace.stdout.readline())
        act()
        accepted = time.monotonic()
        text, _ = trace.communicate(timeout=120)
        seconds = time.monotonic() - accepted
        seen = [first, *(json.loads(line) for line in text.decode().splitlines())]
        self.assertEqual(seen[-1]["state"], end, seen)
        pending = [each["at"] for each in seen if each["state"] in (START_PENDING, STOP_PENDING)]
        return seen, (seen[-1]["at"] - pending[0]) / 1000 if pending else seconds

    def assert_check_points_rise(self, seen, pending):
        points = [each["checkPoint"] for each in seen if each["state"] == pending]
        self.assertEqual(points, sorted(set(points)))
        for each in seen:
            if each["state"] != pending:
                self.assertEqual(each["checkPoint"], 0, each)
            elif each["checkPoint"] > 0:  # 0: the SCM's own, before the service has said anything
                self.assertGreater(each["waitHint"], 0, each)
        return points

    def repair_that_hangs(self, tool):
        lab, before = self.failing_server(policy("repair", limits={"coolDown": "10ms"}), tool,
                                          **{tool: {"misbehave": "hang"}})
        lab.until_tool(tool)
        return lab, before

    def typed(self, lab, *words):
        """What a person sees who types this: exit code, standard output and standard error."""
        with open(lab.wine.prefix / "typed.txt", "w+b") as screen:
            code = lab.wine.start(lab.program, *words, stdout=screen, stderr=screen).wait(120)
            screen.seek(0)
            return code, screen.read().decode("utf-8", "replace")

    def test_winsock_is_not_started(self):
        """It has no use for it; Asio would start it before main, and Winsock loads what its catalogue names."""
        lab = self.server()
        lab.install(start=False)
        lab.wine.environment["WINEDEBUG"] = "-all,+winsock"
        process = lab.wine.start(lab.program, "--version", stderr=subprocess.PIPE)
        said, trace = process.communicate(timeout=60)
        self.assertIn(b"imshealth", said)
        self.assertNotIn(b"WSAStartup", trace)

    def test_running_when_the_log_was_read_and_stopped_within_five_seconds(self):
        lab = self.server()
        lab.install(policy=policy("alert"), start=False)
        begun = lab.last_record()
        seen, _ = self.traced(lab, RUNNING, lab.start)
        self.assertNotEqual(lab.saved_state()["cursor"]["api"], "", "the log was read")
        self.assertEqual([alert.code for alert in lab.alerts(begun)], [100])
        self.assertLessEqual({each["state"] for each in seen}, {STOPPED, START_PENDING, RUNNING})
        self.assert_check_points_rise(seen, START_PENDING)
        for each in seen:
            # STOP, PAUSE_CONTINUE, SHUTDOWN and PARAMCHANGE when it runs, nothing before.
            self.assertEqual(each["accepted"] & 0xF, 0xF if each["state"] == RUNNING else 0, each)

        seen, seconds = self.traced(lab, STOPPED, lambda: lab.control(STOP))
        self.assertLess(seconds, 5)
        self.assertLessEqual({each["state"] for each in seen}, {RUNNING, STOP_PENDING, STOPPED})
        self.assertEqual((seen[-1]["exitCode"], seen[-1]["specificExitCode"]), (0, 0))
        self.assertEqual(lab.alerts()[-1].code, 101)
        self.assertEqual(lab.alerts()[-1].strings, ["stopped by the service control manager"])

    def test_stop_in_the_middle_of_a_repair(self):
        for tool in ("regsvr32", "lodctr"):
            with self.subTest(tool=tool):
                lab, before = self.repair_that_hangs(tool)
                seen, seconds = self.traced(lab, STOPPED, lambda: lab.control(STOP))
                self.assertLess(seconds, 20)
                points = self.assert_check_points_rise(seen, STOP_PENDING)
                if seconds > 1:  # a quick roll-back leaves nothing to report on
                    self.assertGreater(len(points), 1)
                self.assertEqual((seen[-1]["exitCode"], seen[-1]["specificExitCode"]), (0, 0))
                self.assertEqual(lab.processes(tool + ".exe"), [], "the tool was ended")
                self.assertEqual(lab.alerts()[-1].code, 101)
                if lab.saved_state()["journal"] is None:
                    self.assertTrue(lab.counters() == before, "rolled back before STOPPED")
                lab.settings()
                lab.start()
                self.assert_put_in_order(lab, before)
                lab.stop()

    def test_killed_in_the_middle_of_a_repair(self):
        lab, before = self.repair_that_hangs("lodctr")
        lab.kill()
        for pid in lab.processes("lodctr.exe"):  # a job object ends it where the system has one
            subprocess.run(["kill", "-9", str(pid)], check=False)
        lab.settings()
        lab.start_again()
        self.assert_put_in_order(lab, before)
        lab.stop()

    def assert_put_in_order(self, lab, before):
        """What was interrupted is proved or undone, and the state says that nothing is left to do."""
        until(lambda: lab.saved_state()["journal"] is None, "the journal is closed")
        if any(alert.code == 202 for alert in lab.alerts()):
            self.assert_counters_whole(lab)
        else:
            self.assertTrue(lab.counters() == before, "rolled back, byte for byte")

    def test_killed_while_idle_it_starts_again_and_misses_nothing(self):
        lab = self.server()
        lab.break_("openFails")
        lab.install(policy=policy("alert"))
        lab.wait_for_alert(100)
        lab.kill()
        begun = lab.last_record()
        lab.perflib_event(form="classic", status=1003)
        lab.start_again()
        self.assertEqual(lab.wait_for_alert(200, after=begun).strings[0], SERVICE)
        lab.stop()

    def test_pause_listens_without_repairing_and_continue_repairs_a_later_event(self):
        lab, _ = self.broken_server(policy("repair", limits={"coolDown": "10ms"}))
        lab.control(PAUSE)
        self.assertTrue(lab.await_state(PAUSED)[0])
        lab.perflib_event(form="classic", status=1003)
        self.assertEqual(lab.wait_for_alert(200).strings[3], "paused")
        refused = lab.wait_for_alert(204)
        self.assertEqual(refused.strings, [SERVICE, "paused"])
        self.assertRegex(lab.imshealth("status")[1], r"^imshealth \S+, service paused, mode repair; ")
        status = json.loads(lab.imshealth("status", "--json")[1])
        self.assertEqual((status["running"], status["paused"]), (True, True))
        code, planned = lab.imshealth("repair", "--dry-run")
        self.assertEqual(code, 1)
        self.assertIn("\n  the service is paused and repairs nothing until net continue ImsHealth\n", planned)
        self.assertEqual(lab.tool_runs(), [])

        lab.control(CONTINUE)
        self.assertTrue(lab.await_state(RUNNING)[0])
        lab.perflib_event(form="classic", status=1003)
        lab.wait_for_alert(202, after=refused.number, timeout=120)
        self.assert_counters_whole(lab)
        lab.stop()

    def test_param_change_takes_a_policy_over(self):
        lab = self.server()
        lab.install(policy=policy("alert"))
        started = lab.wait_for_alert(100)
        self.assert_judged_at_once(lab, started, policy("repair"))
        self.assertEqual(lab.service_state()["state"], RUNNING)
        lab.stop()

    def test_a_program_that_others_could_replace_is_warned_of(self):
        lab = self.server()
        lab.install(start=False)
        log = lab.data / "logs" / "imshealth.log"
        said = "others could replace"
        code, text = self.typed(lab, "install")
        self.assertEqual(code, 0, text)
        self.assertNotIn(said, text)
        self.assertIn("net start ImsHealth", text)

        lab.wine.drive_c(lab.program).chmod(0o777)
        code, text = self.typed(lab, "install")
        self.assertEqual(code, 0, text)
        self.assertRegex(text, f"warning: .*{said} it: .*imshealth.exe can be changed by Everyone")
        lab.start()
        lab.wait_for_alert(100)
        code, text = self.typed(lab, "install")
        self.assertEqual(code, 0, text)
        self.assertNotIn("net start", text)  # it runs
        lab.stop()
        warnings = [line for line in log.read_text("utf-8").splitlines() if "[warning]" in line]
        self.assertEqual(len(warnings), 1, warnings)
        self.assertRegex(warnings[0], f"{said} this program: .*imshealth.exe can be changed by Everyone")

    def test_a_perflib_that_logs_nothing_is_warned_of_at_each_start(self):
        """No failure would ever reach the log: it would look like a healthy server (KB226494)."""
        lab = self.server()
        lab.registry({exchange.PERFLIB: {"EventLogLevel": 0}})
        lab.install(policy=policy("alert"), start=False)
        begun = lab.last_record()
        for _ in range(2):
            lab.start()
            warned = lab.wait_for_alert(322, after=begun)
            self.assertIn("EventLogLevel of Perflib is 0", warned.strings[1])
            lab.stop()
            self.assertEqual([each.code for each in lab.alerts(begun)], [100, 322, 101])
            begun = lab.last_record()
        lab.registry({exchange.PERFLIB: {"EventLogLevel": 1}})
        lab.start()
        lab.stop()
        self.assertEqual([each.code for each in lab.alerts(begun)], [100, 101])

    def test_a_second_instance_is_refused_whoever_came_first(self):
        lab = self.server()
        lab.install(policy=policy("alert"))
        lab.wait_for_alert(100)
        code, text = self.typed(lab, "run")
        self.assertEqual(code, 3, text)
        self.assertIn("another instance is running", text)
        lab.stop()

        begun = lab.last_record()
        first = lab.wine.start(lab.program, "run", stdout=subprocess.DEVNULL)
        lab.wait_for_alert(100, after=begun)
        self.assertIn("another instance is running", lab.start_refused().strings[0])
        stopped, state = lab.await_state(STOPPED)
        self.assertTrue(stopped, state)
        self.assertEqual((state["exitCode"], state["specificExitCode"]), (SERVICE_SPECIFIC_ERROR, 1))
        lab.kill()
        first.wait(30)
        lab.start()
        lab.stop()

    def test_what_keeps_it_from_starting_is_said_in_one_line(self):
        lab = self.server()
        lab.install(policy=policy("alert"), start=False)
        shutil.rmtree(lab.data)
        (lab.wine.prefix / "drive_c" / "ProgramData" / "ImsHealth").write_bytes(b"no folder")
        reason, = lab.start_refused().strings
        self.assertIn("ImsHealth", reason)
        self.assertNotRegex(reason, r"[\r\n]")
        stopped, state = lab.await_state(STOPPED)
        self.assertTrue(stopped, state)
        self.assertEqual((state["exitCode"], state["specificExitCode"]), (SERVICE_SPECIFIC_ERROR, 1))

    def test_the_verb_of_the_scm_helps_who_types_it(self):
        lab = self.server()
        lab.install(start=False)
        code, text = self.typed(lab, "service")
        self.assertEqual(code, 2, text)
        for line in ("net start ImsHealth", "imshealth install", "imshealth run"):
            self.assertIn(line, text)

    def test_without_the_msi_from_a_path_with_blanks_and_letters_of_other_scripts(self):
        lab = self.server()
        folder = lab.wine.drive_c("C:\\") / "Ä ö, Ωμ" / "IMS 健康"
        folder.mkdir(parents=True)
        program = ANOTHER_PLACE + "\\imshealth.exe"
        shutil.copyfile(lab.product / "imshealth.exe", folder / "imshealth.exe")
        image.replace_import(folder / "imshealth.exe", "ADVAPI32.dll", STAND_IN)
        for _ in range(2):
            code, text = lab.wine.run(program, "install", "--mode", "alert", check=False)
            self.assertEqual(code, 0, text)
        config = json.loads(lab.wine.run("labsc", "config", "ImsHealth")[1])
        self.assertIn("Perflib event 1008", config["description"])
        self.assertEqual(config["imagePath"], f'"{program}" service')
        lab.write_policy(b"// mine\n{}")
        lab.start()
        lab.wait_for_alert(100)
        for _ in range(2):
            code, text = lab.wine.run(program, "uninstall", check=False)
            self.assertEqual(code, 0, text)
        self.assertNotEqual(lab.wine.run("labsc", "query", "ImsHealth", check=False)[0], 0)
        self.assertEqual(lab.alerts()[-1].code, 101)
        self.assertEqual((lab.data / "policy.json").read_bytes(), b"// mine\n{}")


if __name__ == "__main__":
    main()
