"""What the program answers to who types something else than it takes, and to who cannot be answered; what scan and replay
make of a saved log.

Usage: command_line_test.py IMSHEALTH SOURCE_FOLDER"""

import json
import pathlib
import subprocess
import sys
import tempfile
import time
import unittest

PROGRAM = pathlib.Path(sys.argv[1]).resolve()
SOURCE = pathlib.Path(sys.argv[2]).resolve()


class Program(unittest.TestCase):
    def run_(self, *arguments, stdout=subprocess.PIPE):
        done = subprocess.run([PROGRAM, *arguments], timeout=60, check=False, stdin=subprocess.DEVNULL,
                              stdout=stdout, stderr=subprocess.PIPE, encoding="utf-8")
        return done.returncode, done.stdout, done.stderr


class CommandLine(Program):
    def test_what_is_missing_or_unknown_is_said_in_one_line_with_the_help_that_fits(self):
        said = {
            (): "say which command; imshealth --help lists them",
            ("shwo",): 'there is no command "shwo" here; imshealth --help lists them',
            ("policy",): "say which command; imshealth policy --help lists them",
            ("policy", "shwo"): 'there is no command "shwo" here; imshealth policy --help lists them',
            ("policy", "check"): "say which file: imshealth policy check FILE",
            ("policy", "check", "--shwo"):
                "The following argument was not expected: --shwo; see imshealth policy check --help",
            ("replay", "a.evt", "--assume", "hope"):
                "--assume: hope not in {repaired,failed}; see imshealth replay --help",
        }
        for verb in ("scan", "replay"):
            said[(verb,)] = f"name at least one file: imshealth {verb} FILE...; see imshealth {verb} --help"
        for arguments, text in said.items():
            with self.subTest(arguments):
                self.assertEqual(self.run_(*arguments), (2, "", f"imshealth: {text}\n"))

    def test_help_is_not_given_for_a_command_that_there_is_not(self):
        for before in ([], ["policy"]):
            for words in (["--help"], ["-h"], ["/?"]):
                self.assertEqual(self.run_(*before, "shwo", *words), self.run_(*before, "shwo"))
                code, out, err = self.run_(*before, *words)
                self.assertEqual((code, err), (0, ""))
                self.assertIn(" ".join(["imshealth", *before]), out)
        self.assertEqual(self.run_("check", "--help"), self.run_("check"))
        self.assertEqual(self.run_("scan", "no.evt", "--help")[0], 0)

    def test_a_command_that_needs_windows_says_so(self):
        for verb in ("service", "run", "check", "repair", "status", "reset", "install", "uninstall"):
            self.assertEqual(self.run_(verb, "MSExchangeIMC"),
                             (2, "", f"imshealth: {verb} needs Windows; imshealth --help lists what does not\n"))

    def test_output_that_cannot_be_written_is_a_failure(self):
        log = str(next((SOURCE / "tests/data/eventlogs").glob("*.evt")))
        for arguments in (["policy", "show"], ["policy", "schema"], ["policy", "init"], ["policy", "explain", "--json"],
                          ["scan", log], ["scan", "--json", log], ["replay", log], ["--help"], ["--version"]):
            with self.subTest(arguments), open("/dev/full", "w", encoding="utf-8") as full:
                code, _, err = self.run_(*arguments, stdout=full)
                self.assertEqual(code, 3)
                self.assertIn("imshealth: standard output cannot be written\n", err)

    def test_who_asked_for_a_document_gets_one_where_nothing_can_be_shown_too(self):
        bad = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory())) / "policy.json"
        bad.write_text('{ "mode": "repare" }', "utf-8")
        log = str(next((SOURCE / "tests/data/eventlogs").glob("*.evt")))
        for arguments in (["policy", "show", "--json", str(bad)], ["policy", "show", "--json", "absent.json"],
                          ["policy", "explain", "--json", str(bad)], ["replay", "--json", "absent.evt"],
                          ["replay", "--json", log, "--policy", str(bad)], ["scan", "--json"],
                          ["scan", "--json", log, "--since", "yesterday"], ["shwo", "--json"]):
            with self.subTest(arguments):
                code, out, err = self.run_(*arguments)
                self.assertEqual(code, 2)
                self.assertEqual(json.loads(out), {"error": {
                    "exitCode": 2, "message": err.removeprefix("imshealth: ").rstrip("\n")}})
                self.assertNotEqual(err, "")
        # There is one already.
        self.assertEqual(list(json.loads(self.run_("policy", "check", "--json", str(bad))[1])), ["diagnostics", "valid"])
        document = json.loads(self.run_("scan", "--json", "absent.evt")[1])
        self.assertEqual(list(document), ["files"])
        self.assertNotIn("errorCode", document["files"][0], "there is none beside the text")


class SavedLogs(Program):
    """scan and replay, over a log whose records are known from make_evt's listing and behind whose end others are left."""

    def setUp(self):
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        older, self.older = self.make(folder, "older", "--records", "40", "--imc", "4", "--seed", "7")
        log, self.events = self.make(folder, "log", "--records", "20", "--imc", "3", "--seed", "8")
        log.write_bytes(log.read_bytes() + older.read_bytes()[log.stat().st_size:])
        self.log = str(log)

    def make(self, folder, name, *words):
        log, listing = folder / f"{name}.evt", folder / f"{name}.tsv"
        subprocess.run([sys.executable, SOURCE / "tests/tools/make_evt.py", log, *words, "--perflib", "0", "--quiet",
                        "--expected", listing], check=True)
        rows = [line.split("\t") for line in listing.read_text("utf-8").splitlines()]
        return log, [(int(row[0]), int(row[1]), row[3], int(row[2])) for row in rows]

    @property
    def failures(self):
        return [event for event in self.events if event[2:] == ("Perflib", 1008)]

    def scan(self, *words):
        code, out, err = self.run_("scan", "--json", self.log, *words)
        self.assertEqual(err, "")
        file, = json.loads(out)["files"]
        self.assertEqual(code, 1 if file["openFailures"] else 0)
        return file

    def replay(self, *words):
        code, out, err = self.run_("replay", "--json", self.log, *words)
        self.assertEqual((code, err), (0, ""))
        return json.loads(out)

    def test_scan_finds_the_failures_and_says_so_in_its_exit_code(self):
        found = self.scan()["openFailures"]
        self.assertEqual([(each["record"], each["timeGenerated"]) for each in found],
                         [(number, time) for number, time, _, _ in self.failures])
        self.assertEqual({each["counterService"] for each in found}, {"MSExchangeIMC"})
        code, out, _ = self.run_("scan", self.log)
        self.assertEqual(code, 1)
        self.assertIn(f"  {len(found)} times a counter library failed to open (Perflib 1008):\n", out)

    def test_scan_since_is_from_that_moment_on_and_until_before_it(self):
        first, *_, last = self.failures
        at = [time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(event[1])) for event in (first, last)]
        numbers = [event[0] for event in self.failures]
        for words, expected in ((["--since", at[0]], numbers), (["--until", at[0]], []),
                                (["--since", at[1]], numbers[-1:]), (["--until", at[1]], numbers[:-1]),
                                (["--since", at[0], "--until", at[1]], numbers[:-1])):
            with self.subTest(words):
                self.assertEqual([each["record"] for each in self.scan(*words)["openFailures"]], expected)

    def test_scan_lists_leftovers_when_asked(self):
        self.assertNotIn("recoveredEvents", self.scan())
        left = self.scan("--recovered")["recoveredEvents"]
        self.assertGreater(len(left), 5)
        self.assertEqual([each["record"] for each in left], [event[0] for event in self.older[-len(left):]])
        self.assertEqual(self.run_("scan", "--recovered", self.log)[1].count("\n  recovered "), len(left))

    def test_replay_counts_for_people(self):
        out = self.run_("replay", self.log)[1]
        self.assertIn(f"{self.log}: 20 records, 0 damaged, 0 gaps\n", out)
        self.assertIn("3 open failures of watched counter services, 1 incident\nrepairs: 0\n", out)

    def test_replay_decides_by_the_policy_that_is_named(self):
        self.assertEqual(self.replay()["decisions"]["repair"], 0)  # built in: alert
        policy = pathlib.Path(self.log).with_name("policy.json")
        policy.write_text(json.dumps({"schemaVersion": 1, "mode": "repair",
                                      "limits": {"coolDown": "1s", "attempts": 10, "within": "1h"}}), "utf-8")
        repairs = self.replay("--policy", str(policy))["decisions"]["repair"]
        self.assertGreater(repairs, 0)
        assumed = {word: self.replay("--policy", str(policy), "--assume", word) for word in ("repaired", "failed")}
        for word, document in assumed.items():
            self.assertEqual(document["assumedAttempts"], word)
        self.assertEqual(assumed["failed"], self.replay("--policy", str(policy)))

    def test_replay_knows_maintenance_windows_in_the_servers_own_time(self):
        # The log is of 2000-01-01, a Saturday, in the first hour of UTC.
        policy = pathlib.Path(self.log).with_name("policy.json")
        policy.write_text(json.dumps({"schemaVersion": 1, "mode": "repair", "limits": {"coolDown": "1s"},
                                      "maintenanceWindows": [{"days": ["fri"], "from": "19:00", "to": "20:00"}]}), "utf-8")
        held = {offset: self.replay("--policy", str(policy), f"--utc-offset={offset}")["decisions"]["maintenanceWindow"]
                for offset in ("+00:00", "-05:00")}
        self.assertGreater(held["+00:00"], 0)
        self.assertEqual(held["-05:00"], 0)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
