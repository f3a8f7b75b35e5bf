"""What the program answers to who types something else than it takes, and to who cannot be answered.

Usage: command_line_test.py IMSHEALTH SOURCE_FOLDER"""

import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

PROGRAM = pathlib.Path(sys.argv[1]).resolve()
SOURCE = pathlib.Path(sys.argv[2]).resolve()


class CommandLine(unittest.TestCase):
    def run_(self, *arguments, stdout=subprocess.PIPE):
        done = subprocess.run([PROGRAM, *arguments], timeout=60, check=False, stdin=subprocess.DEVNULL,
                              stdout=stdout, stderr=subprocess.PIPE, encoding="utf-8")
        return done.returncode, done.stdout, done.stderr

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


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
