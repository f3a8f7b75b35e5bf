"""check, repair, status and reset as the contract has them: shapes of their JSON, exit codes, and what
--force, --dry-run and --script may and may not do."""

import datetime
import json
import os
import re
import signal
import subprocess
import time

from scenario import SERVICE, Scenario, exchange, main, policy, until

NUMBER, TEXT, BOOL = int, str, bool


class OneOf(tuple):
    """One of these words."""


FINDING = {"cause": TEXT, "evidence": TEXT, "remedy": TEXT, "repairable": BOOL}
CHECK = {"healthy": BOOL, "services": [{
    "counterService": TEXT, "healthy": BOOL, "findings": [FINDING],
    "probe": {"result": OneOf(("ok", "failed", "timedOut", "crashed", "notRun")),
              "status": (NUMBER, None)}}]}
REPAIR = {"services": [{
    "counterService": TEXT,
    "result": OneOf(("repaired", "failed", "notNeeded", "refused", "planned")), "reason": TEXT,
    "steps": [{"step": OneOf(("restoreLibrary", "registerLibrary", "backUp", "unloadCounters",
                              "loadCounters", "verify")),
               "command": TEXT, "result": TEXT, "exitCode": (NUMBER, None)}]}]}
STATUS = {"version": TEXT, "running": BOOL, "mode": OneOf(("alert", "repair")),
          "eventLog": {"api": TEXT, "lastRecord": NUMBER, "lastRead": (TEXT, None)},
          "incidents": [{"counterService": TEXT, "cause": TEXT, "since": TEXT, "events": NUMBER}],
          "circuits": [{"counterService": TEXT, "state": OneOf(("closed", "open")),
                        "attempts": NUMBER}]}


def departures(value, shape, place="document"):
    """Where a document is not of its shape; more fields are welcome."""
    if isinstance(shape, OneOf):
        return [] if value in shape else [f"{place}: {value!r} is none of {shape}"]
    if isinstance(shape, tuple):
        kinds = [type(None) if kind is None else kind for kind in shape]
        return [] if type(value) in kinds else [f"{place}: {value!r}"]
    if isinstance(shape, dict):
        if not isinstance(value, dict):
            return [f"{place}: {value!r} is no object"]
        found = [f"{place}.{key} is missing" for key in shape if key not in value]
        for key in shape.keys() & value.keys():
            found += departures(value[key], shape[key], f"{place}.{key}")
        return found
    if isinstance(shape, list):
        if not isinstance(value, list):
            return [f"{place}: {value!r} is no list"]
        return [each for i, item in enumerate(value)
                for each in departures(item, shape[0], f"{place}[{i}]")]
    return [] if type(value) is shape else [f"{place}: {value!r} is no {shape.__name__}"]


class Contract(Scenario):
    def run_json(self, lab, shape, *words, code):
        ended, text = lab.imshealth(*words, "--json", timeout=300)
        self.assertEqual(ended, code, text)
        document = json.loads(text)  # one document and nothing else
        self.assertEqual(departures(document, shape), [], text)
        return document

    def repair(self, lab, *words, code):
        service, = self.run_json(lab, REPAIR, "repair", *words, code=code)["services"]
        self.assertEqual(service["counterService"], SERVICE)
        return service

    def installed(self, mode, fault=None, **more):
        lab = self.server()
        if fault is not None:
            lab.break_(fault)
        lab.install(policy=policy(mode, **more), start=False)
        return lab

    def test_healthy(self):
        lab = self.installed("repair")
        before = lab.counters()
        self.assertTrue(self.run_json(lab, CHECK, "check", code=0)["healthy"])
        for words in ((), ("--dry-run",), ("--force",), (SERVICE,)):
            self.assertEqual(self.repair(lab, *words, code=0)["result"], "notNeeded")
        status = self.run_json(lab, STATUS, "status", code=0)
        self.assertEqual((status["running"], status["incidents"]), (False, []))
        self.assertIn(", service not running, mode ", lab.imshealth("status")[1])
        self.assertEqual(lab.imshealth("uninstall")[0], 0)
        self.assertIn(", service not installed, mode ", lab.imshealth("status")[1])
        self.assertEqual(lab.tool_runs(), [])
        self.assertEqual(lab.counters(), before)

    def test_usage(self):
        lab = self.installed("repair")
        for words in (("check", "Nobody"), ("repair", "Nobody"), ("repair", "--dry-run", "Nobody"),
                      ("reset", "Nobody"), ("repair", "--nonsense"), ("nonsense",),
                      ("check", "--policy", "C:\\no\\such.json")):
            with self.subTest(words=words):
                self.assertEqual(lab.imshealth(*words)[0], 2)
        lab.write_policy(b'{"schemaVersion": 1, "mode": "repare"}')
        for words in (("check",), ("repair",), ("repair", "--dry-run"), ("reset",)):
            with self.subTest(words=words, policy="bad"):
                self.assertEqual(lab.imshealth(*words)[0], 2)
        self.assertEqual(lab.tool_runs(), [])

    def test_policy_check_without_a_file_looks_at_the_installed_policy(self):
        """As event 110 tells people to type it."""
        lab = self.installed("repair")
        code, text = lab.imshealth("policy", "check")
        self.assertEqual(code, 0)
        self.assertTrue(text.lower().endswith("c:\\programdata\\imshealth\\policy.json: good\n"), text)
        lab.write_policy(b'{\n  "mode": "repare"\n}')
        code, text = lab.imshealth("policy", "check")
        self.assertEqual(code, 2)
        self.assertIn("policy.json:2:11: error: ", text)

    def test_another_policy_file_is_taken_where_it_is_named(self):
        lab = self.installed("repair")
        other = policy("alert", watch={"counterService": "Nobody", "counterFile": "nobody.ini"})
        (lab.wine.prefix / "drive_c" / "lab" / "other.json").write_text(json.dumps(other), "utf-8")
        named = ("--policy", "C:\\lab\\other.json")
        service, = self.run_json(lab, CHECK, "check", *named, code=1)["services"]
        self.assertEqual((service["counterService"], service["findings"][0]["cause"]), ("Nobody", "serviceNotInstalled"))
        self.assertEqual(lab.imshealth("reset", "Nobody")[0], 2)
        self.assertEqual(lab.imshealth("reset", "Nobody", *named), (0, "Nothing to reset: no repair has been tried.\n"))

    def test_without_an_installed_policy_the_default_is_in_force(self):
        lab = self.server()
        lab.install(start=False)
        code, text = lab.imshealth("policy", "check")
        self.assertEqual(code, 0, text)
        self.assertIn("the built-in default is in force", text)
        self.assertEqual(self.run_json(lab, {"valid": BOOL}, "policy", "check", code=0)["valid"], True)
        self.assertIn('"mode": "alert",  // default', lab.imshealth("policy", "show")[1])

    def test_a_policy_that_may_not_be_read_is_not_taken_for_none(self):
        lab = self.installed("repair")
        file = lab.data / "policy.json"
        file.unlink()
        file.mkdir()  # opening a folder is denied as a file of others is
        (lab.wine.prefix / "drive_c" / "lab" / "some.evt").write_bytes(b"")
        for words in (("policy", "check"), ("policy", "show"), ("policy", "explain"), ("check",),
                      ("repair", "--dry-run"), ("reset",), ("replay", "C:\\lab\\some.evt")):
            with self.subTest(words=words):
                self.assertEqual(lab.imshealth(*words), (3, ""))
        # Of a file that is named, check says that it is not good, whatever keeps it from being read.
        self.assertEqual(lab.imshealth("policy", "check", "C:\\lab")[0], 2)

    def test_policy_file_by_a_relative_name(self):
        """All folders above it are looked at; a name that is not whole is completed first."""
        lab = self.installed("repair", "inconsistentCounters")
        (lab.wine.prefix / "drive_c" / "lab" / "other.json").write_text(
            json.dumps(policy("repair", watch={"causes": {"countersInconsistent": "alert"}})), "ascii")
        refused = self.repair(lab, "--policy", "C:lab\\other.json", code=1)
        self.assertTrue(refused["reason"].startswith("policyAlert: "), refused)

    def test_dry_run_says_what_a_repair_then_does(self):
        lab = self.installed("repair", "inconsistentCounters")
        before = lab.counters()
        self.assertFalse(self.run_json(lab, CHECK, "check", code=1)["healthy"])
        planned = self.repair(lab, "--dry-run", code=1)
        self.assertEqual(planned["result"], "planned")
        self.assertEqual(lab.tool_runs(), [])
        self.assertEqual(lab.counters(), before)

        done = self.repair(lab, code=0)
        self.assertEqual(done["result"], "repaired")
        self.assertEqual([(step["step"], step["command"]) for step in done["steps"]],
                         [(step["step"], step["command"]) for step in planned["steps"]])
        self.assertEqual({step["result"] for step in done["steps"]}, {"done"})
        proof = done["steps"][-1]
        self.assertEqual(proof["step"], "verify")
        self.assertIn("no range or text of another service moved", proof["note"])
        self.assert_article_steps(lab, [("regsvr32", ["/s", exchange.LIBRARY]),
                                        ("unlodctr", [SERVICE]), ("lodctr", ["imcperf.ini"])])
        self.assert_counters_whole(lab)
        self.assert_neighbours_untouched(before, lab.counters())
        self.assertEqual([each.code for each in lab.alerts()], [201, 202])
        self.assertRegex(lab.imshealth("status")[1], rf"\nalert     \S+Z  201  The repair of the performance "
                         rf"counters of {SERVICE} begins\. Steps: registerLibrary, backUp, ")

    def assert_only_planned(self, lab, word, remedy):
        """A dry run says that a repair would be refused now, and what ends that; and plans."""
        planned = self.repair(lab, "--dry-run", code=1)
        self.assertEqual((planned["result"], planned["remedy"]), ("planned", remedy))
        self.assertTrue(planned["reason"].startswith(f"refused now: {word}: "), planned)
        self.assertEqual(planned["steps"][-1]["step"], "verify")
        text = lab.imshealth("repair", "--dry-run")[1]
        self.assertRegex(text, re.escape(f"\n  refused now: {word}: {remedy}\n") + r"  found: .+\n  registerLibrary: ")

    def test_mode_alert_refuses_and_force_does_not(self):
        lab = self.installed("alert", "inconsistentCounters")
        refused = self.repair(lab, code=1)
        self.assertEqual(refused["result"], "refused")
        self.assertTrue(refused["reason"].startswith("alert: "), refused)
        self.assertIn("or say --force", refused["remedy"])
        self.assert_only_planned(lab, "alert", refused["remedy"])
        planned = self.repair(lab, "--dry-run", "--force", code=1)
        self.assertEqual((planned["result"], planned["remedy"]), ("planned", ""))
        self.assertNotIn("refused", planned["reason"])
        self.assertEqual(lab.tool_runs(), [])
        self.assertEqual(self.repair(lab, "--force", code=0)["result"], "repaired")
        self.assert_counters_whole(lab)

    def test_force_never_beats_trust_or_what_cannot_be_repaired(self):
        lab = self.installed("repair")
        for fault, word in (("untrustedFolder", "untrustedPath"), ("unsafeRange", "notRepairable"),
                            ("clusterNode", "notRepairable"), ("openCrashes", "notRepairable")):
            with self.subTest(fault=fault):
                exchange.heal(lab)
                lab.break_(fault)
                before = lab.counters()
                for words in (("--force",), ("--force", "--dry-run")):
                    refused = self.repair(lab, *words, code=1)
                    self.assertEqual(refused["result"], "refused")
                    self.assertTrue(refused["reason"].startswith(word + ": "), refused)
                self.assertEqual(lab.counters(), before)
        self.assertEqual(lab.tool_runs(), [])

    def test_exit_code_of_a_tool_that_crashed(self):
        lab = self.installed("repair", "inconsistentCounters")
        lab.settings(lodctr={"exitCode": -1073741819})
        code, text = lab.imshealth("repair")
        self.assertEqual(code, 0, text)
        self.assertIn(" (exit code 0xC0000005)  lodctr imcperf.ini", text)

    def test_circuit(self):
        lab = self.installed("repair", "inconsistentCounters",
                             limits={"attempts": 1, "coolDown": "10ms"})
        before = lab.counters()
        lab.settings(lodctr={"fail": 112})
        failed = self.repair(lab, code=1)
        self.assertEqual((failed["result"], failed["rolledBack"]), ("failed", True), failed)
        self.assertEqual(lab.counters(), before)
        self.assertEqual([each.code for each in lab.alerts()], [201, 203, 205])
        opened = lab.alerts()[-1]
        self.assertEqual(opened.strings[:2], [SERVICE, "1"])

        circuit, = self.run_json(lab, STATUS, "status", code=1)["circuits"]
        self.assertEqual((circuit["counterService"], circuit["state"]), (SERVICE, "open"))
        lab.settings()
        refused = self.repair(lab, code=1)
        self.assertTrue(refused["reason"].startswith("attemptsExhausted: "), refused)
        self.assertIsNone(refused["notBefore"], "no time ends it, a person does")
        self.assert_only_planned(lab, "attemptsExhausted", refused["remedy"])
        self.assertIn("  attemptsExhausted: no more attempts are made: find the cause, then say imshealth reset\n",
                      lab.imshealth("repair")[1])
        self.assertRegex(lab.imshealth("status")[1], rf"circuit   {SERVICE}: open, attempts 1, the last "
                         r"one ended at \S+Z; find the cause, then say imshealth reset\n")

        forced = self.repair(lab, "--force", code=0)
        self.assertEqual(forced["result"], "repaired")
        self.assertEqual(forced["remedy"], "the circuit is open until imshealth reset")
        lab.break_("inconsistentCounters")

        reset = self.run_json(lab, {"services": [{"counterService": TEXT}]}, "reset", code=0)
        self.assertEqual(reset["services"], [{"counterService": SERVICE, "wasOpen": True}])
        circuits = self.run_json(lab, STATUS, "status", code=0)["circuits"]
        self.assertEqual({each["state"] for each in circuits} - {"closed"}, set())
        self.assertEqual(lab.imshealth("reset"), (0, f"{SERVICE}: attempts forgotten, no circuit was open\n"
                         "No cool-down runs any more: what still fails is decided anew within a minute, "
                         "and repaired unless something else holds it back.\n"))
        self.assertEqual(self.repair(lab, code=0)["result"], "repaired")
        self.assert_counters_whole(lab)

    def test_reset_of_a_service_that_is_no_longer_watched(self):
        """Its circuit would stay open for ever."""
        lab = self.installed("repair", "inconsistentCounters", limits={"attempts": 1})
        lab.settings(lodctr={"fail": 112})
        shape = {"services": [{"counterService": TEXT}]}
        for names in ([], [SERVICE.lower()]):
            with self.subTest(names=names):
                lab.write_policy(policy("repair", limits={"attempts": 1}))
                self.assertEqual(self.repair(lab, code=1)["result"], "failed")
                lab.write_policy(policy("repair", watch={"counterService": "MSExchangeMTA"}))
                self.run_json(lab, STATUS, "status", code=1)
                reset = self.run_json(lab, shape, "reset", *names, code=0)
                self.assertEqual(reset["services"], [{"counterService": SERVICE, "wasOpen": True}])
                self.assertEqual(self.run_json(lab, STATUS, "status", code=0)["circuits"], [])
        self.assertEqual(lab.imshealth("reset", SERVICE)[0], 2, "nothing is known of it any more")

    def test_cool_down_says_when_it_ends(self):
        lab = self.installed("repair", "inconsistentCounters", limits={"coolDown": "2h"})
        lab.settings(lodctr={"fail": 112})
        self.assertEqual(self.repair(lab, code=1)["result"], "failed")
        circuit, = self.run_json(lab, STATUS, "status", code=0)["circuits"]
        refused = self.repair(lab, code=1)
        self.assertTrue(refused["reason"].startswith("coolDown: "), refused)
        # The end is shown in whole seconds, the one cut off, the other not one too early.
        ends, last = (datetime.datetime.fromisoformat(each)
                      for each in (refused["notBefore"], circuit["lastAttemptEnd"]))
        self.assertIn((ends - last).total_seconds(), (7200, 7201))
        self.assertIn(f"  coolDown: the cool-down ends at {refused['notBefore']}\n", lab.imshealth("repair")[1])
        self.assert_only_planned(lab, "coolDown", refused["remedy"])

    def test_maintenance_window_and_cause_set_to_alert(self):
        lab = self.installed("repair", "inconsistentCounters",
                             watch={"causes": {"countersInconsistent": "alert"}})
        refused = self.repair(lab, code=1)
        self.assertTrue(refused["reason"].startswith("policyAlert: "), refused)
        self.assert_only_planned(lab, "policyAlert", refused["remedy"])
        # Twelve hours away from now.
        closed = policy("repair")
        hour = (time.localtime().tm_hour + 12) % 24
        closed["maintenanceWindows"] = [{"from": f"{hour:02}:00", "to": f"{hour:02}:01"}]
        lab.write_policy(closed)
        refused = self.repair(lab, code=1)
        self.assertTrue(refused["reason"].startswith("maintenanceWindow: "), refused)
        self.assertEqual(refused["remedy"], "wait for a maintenance window, or say --force")
        self.assert_only_planned(lab, "maintenanceWindow", refused["remedy"])
        self.assertEqual(lab.tool_runs(), [])

    def test_one_repair_at_a_time(self):
        lab = self.installed("repair", "inconsistentCounters", limits={"commandTimeout": "1h"})
        lab.settings(regsvr32={"misbehave": "hang"})
        first = lab.wine.start(lab.program, "repair", stdout=subprocess.DEVNULL)
        lab.until_tool("regsvr32")
        second = lab.wine.start(lab.program, "repair", stderr=subprocess.PIPE)
        out, err = second.communicate(timeout=120)
        self.assertEqual((second.returncode, out), (1, b""))
        self.assertTrue(err.decode().strip().endswith(
            "imshealth: a repair is under way, by the service or another command; try again when it has ended"), err)
        self.assertEqual(len([run for run in lab.tool_runs() if run[0] == "regsvr32"]), 1)
        lab.settings()
        lab.kill()
        first.wait(60)
        # What the killed one left is finished first, and then it is repaired.
        done = self.repair(lab, "--force", code=0)
        self.assertEqual(done["result"], "repaired")
        self.assert_counters_whole(lab)
        self.assertEqual([each.code for each in lab.alerts()], [201, 203, 201, 202])

    def test_stopped_during_the_first_service_the_others_are_told_as_left_out(self):
        other = {"counterService": "LabOther", "directory": "C:\\exchsrvr\\bin"}
        rules = policy("repair", limits={"commandTimeout": "1h"})
        rules["watch"].append(other)
        lab, before = self.broken_server(rules, start=False, regsvr32={"misbehave": "hang"})
        output = lab.wine.prefix / "repair.json"
        with open(output, "wb") as stream:
            running = lab.wine.start(lab.program, "repair", "--json", stdout=stream)
            lab.until_tool("regsvr32")
            for pid in lab.processes("imshealth.exe"):
                os.kill(pid, signal.SIGINT)  # Wine makes Ctrl-C of it
            self.assertEqual(running.wait(60), 1)
        document = json.loads(output.read_bytes())
        self.assertEqual(departures(document, REPAIR), [], document)
        first, left_out = document["services"]
        self.assertEqual((first["counterService"], first["result"]), (SERVICE, "failed"), first)
        self.assertEqual((left_out["counterService"], left_out["result"], left_out["reason"],
                          left_out["steps"]), ("LabOther", "refused", "stopped", []))
        self.assertEqual(lab.counters(), before)

    def test_incident_of_the_service(self):
        lab, _ = self.failing_server(policy("alert"))
        lab.wait_for_alert(200)
        status = until(lambda: self.open_incident(lab), "the incident is in the state file")
        self.assertTrue(status["running"])
        self.assertEqual(status["incidents"][0]["cause"], "countersInconsistent")
        # The command line repairs beside the service, which learns of it.
        self.assertEqual(self.repair(lab, "--force", code=0)["result"], "repaired")
        until(lambda: lab.imshealth("status")[0] == 0, "the incident has ended")
        lab.stop()

    def test_status_tells_what_is_decided_and_what_came_of_it(self):
        lab = self.installed("repair", "openHangs", limits={"probeTimeout": "1h"})
        lab.start()
        lab.wait_for_alert(100)
        lab.perflib_event(form="classic", status=1003)
        # It is looked at for as long as the library hangs.
        until(lambda: lab.saved_state().get("incidents"), "the incident remembered")
        self.assert_decision(lab, "pending", "not diagnosed yet")

        lab.stop()
        exchange.heal(lab)
        lab.break_("inconsistentCounters")
        lab.settings(lodctr={"fail": 112})
        lab.start()
        lab.wait_for_alert(203)
        until(lambda: lab.saved_state()["incidents"][0]["verdict"] == "attemptFailed", "its end remembered")
        self.assert_decision(lab, "attemptFailed", "countersInconsistent")
        lab.stop()

    def assert_decision(self, lab, word, cause):
        incident, = self.run_json(lab, STATUS, "status", code=1)["incidents"]
        self.assertEqual((incident["counterService"], incident["decision"]), (SERVICE, word))
        self.assertIn(f"incident  {SERVICE}: {cause}, decision {word}, since ", lab.imshealth("status")[1])

    def open_incident(self, lab):
        code, text = lab.imshealth("status", "--json")
        status = json.loads(text)
        self.assertEqual(departures(status, STATUS), [], text)
        decided = [each for each in status["incidents"] if each["cause"]]
        return status if code == 1 and decided else None

    def test_script_that_a_person_can_run(self):
        for fault in ("inconsistentCounters", "someIndexValuesMissing", "missingCounters",
                      "missingLibrary"):
            with self.subTest(fault=fault):
                lab = self.server(fault)
                lab.break_(fault)
                before = lab.counters()
                library = lab.wine.drive_c(exchange.LIBRARY)
                self.assertEqual(library.exists(), fault != "missingLibrary")
                lab.install(policy=policy("repair", watch={"trustedCopy": exchange.TRUSTED_COPY}),
                            start=False)
                planned = self.repair(lab, "--dry-run", "--script", "C:\\lab\\repair.cmd", code=1)
                self.assertEqual("restoreLibrary" in [step["step"] for step in planned["steps"]],
                                 fault == "missingLibrary")
                self.assertEqual(lab.counters(), before)
                script = (lab.wine.prefix / "drive_c" / "lab" / "repair.cmd").read_bytes()
                self.assertEqual(script.count(b"\n"), script.count(b"\r\n"))
                written = [re.sub(r'"([^" ]*\\)?(\w+)\.exe"', r"\2", line) for line in
                           script.decode("ascii").split("\r\n") if line.startswith('"C:')]
                self.assertEqual(written, [step["command"] for step in planned["steps"]
                                           if step["result"] != "notApplicable" and
                                           step["command"].split()[0] in
                                           ("regsvr32", "unlodctr", "lodctr")])

                code, text = lab.wine.run("cmd", "/c", "C:\\lab\\repair.cmd", check=False)
                self.assertEqual(code, 0, text)
                self.assertEqual(library.read_bytes(),
                                 lab.wine.drive_c(exchange.TRUSTED_COPY).read_bytes())
                self.assert_counters_whole(lab)
                self.assert_neighbours_untouched(before, lab.counters())
                self.assertTrue(self.run_json(lab, CHECK, "check", code=0)["healthy"])
                saved = lab.wine.prefix / "drive_c" / "lab" / f"repair-{SERVICE}"
                self.assertEqual((saved / "perfc009.dat").read_bytes(), before["perfc009.dat"])
                for name in ("performance.reg", "perflib.reg", "imcperf.ini", "imcperf.h"):
                    self.assertTrue((saved / name).exists(), name)

    def run_script(self, lab, folder):
        """As a person does, from a folder of their own. Returns the exit code and what it said."""
        place = lab.wine.prefix / "drive_c" / "lab" / folder
        place.mkdir(exist_ok=True)
        (place / "repair.cmd").write_bytes((place.parent / "repair.cmd").read_bytes())
        caller = f'@call "C:\\lab\\{folder}\\repair.cmd"\r\n'
        (place.parent / "caller.cmd").write_bytes(caller.encode("ascii"))
        return lab.wine.run("cmd", "/c", "C:\\lab\\caller.cmd", check=False)

    def test_script_stops_where_it_cannot_go_on_and_says_at_what(self):
        lab = self.installed("repair", "someIndexValuesMissing")
        before = lab.counters()
        self.repair(lab, "--dry-run", "--script", "C:\\lab\\repair.cmd", code=1)
        reg = lab.wine.drive_c("C:\\windows\\system32\\reg.exe")
        away = reg.rename(reg.with_name("away.exe"))
        code, text = self.run_script(lab, "no reg")
        self.assertEqual(code, 1, text)
        self.assertIn("There is no reg.exe.", text)
        self.assertEqual([run[0] for run in lab.tool_runs() if run[0] != "regsvr32"], [])
        self.assertEqual(lab.counters(), before)
        code, text = self.run_script(lab, "no reg")
        self.assertEqual(code, 1, text)
        self.assertIn('A backup of an earlier run is there: "C:\\lab\\no reg\\repair-', text)

        away.rename(reg)
        code, text = self.run_script(lab, "this & that")
        self.assertEqual(code, 0, text)
        self.assertTrue((lab.wine.prefix / "drive_c" / "lab" / "this & that" / f"repair-{SERVICE}" /
                         "perflib.reg").exists())
        self.assert_counters_whole(lab)

    def test_script_is_told_beside_the_document(self):
        lab = self.server()
        lab.install(policy=policy("alert"), start=False)
        words = ("repair", "--dry-run", "--json", "--script", "C:\\lab\\repair.cmd")
        for fault, said in ((None, "no steps, not written: "), ("inconsistentCounters", "written: ")):
            if fault:
                lab.break_(fault)
            process = lab.wine.start(lab.program, *words, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            out, err = process.communicate(timeout=120)
            self.assertEqual(departures(json.loads(out), REPAIR), [], out)
            self.assertIn(f"imshealth: {said}C:\\lab\\repair.cmd", err.decode())

    def test_script_that_cannot_be_written(self):
        lab = self.installed("repair", "inconsistentCounters")
        before = lab.counters()
        for words in (("--dry-run",), ()):
            code, _ = lab.imshealth("repair", *words, "--script", "C:\\no\\such\\folder\\repair.cmd")
            self.assertEqual(code, 2)
        self.assertEqual(lab.tool_runs(), [])
        self.assertEqual(lab.counters(), before)


if __name__ == "__main__":
    main()
