"""imshealth policy … as it is called: output, exit codes, files that are no policy.

Usage: policy_command_test.py IMSHEALTH SOURCE_FOLDER"""

import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

PROGRAM = pathlib.Path(sys.argv[1]).resolve()
SOURCE = pathlib.Path(sys.argv[2]).resolve()
MEGABYTE = 1024 * 1024


class PolicyCommand(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))

    def run_(self, *arguments):
        done = subprocess.run([PROGRAM, "policy", *arguments], cwd=self.folder, timeout=60, check=False,
                              stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8")
        return done.returncode, done.stdout, done.stderr

    def file(self, contents, name="policy.json"):
        if isinstance(contents, str):
            contents = contents.encode("utf-8")
        (self.folder / name).write_bytes(contents)
        return name

    def check_json(self, name):
        code, out, _ = self.run_("check", "--json", name)
        return code, json.loads(out)

    def test_a_command_that_is_not_there_is_named(self):
        for word in ("shwo", "x y"):
            code, out, err = self.run_(word)
            self.assertEqual((code, out), (2, ""))
            self.assertIn(f'there is no command "{word}" here', err)
        self.assertNotIn("no command", self.run_("check", "--shwo")[2])  # an option

    def test_good_file(self):
        self.assertEqual(self.run_("check", self.file("{}")), (0, "policy.json: good\n", ""))
        self.assertEqual(self.check_json("policy.json"), (0, {"valid": True, "diagnostics": []}))

    def test_bad_file_is_shown_as_compilers_do(self):
        code, out, _ = self.run_("check", self.file('{\n  "mode": "repare"\n}\n'))
        self.assertEqual(code, 2)
        self.assertEqual(out, 'policy.json:2:11: error: "repare" is not a mode; did you mean "repair"?\n'
                              '  "mode": "repare"\n'
                              '          ^\n')
        self.assertEqual(self.check_json("policy.json"), (2, {"valid": False, "diagnostics": [{
            "severity": "error", "line": 2, "column": 11, "pointer": "/mode",
            "message": '"repare" is not a mode; did you mean "repair"?'}]}))

    def test_samples_and_starting_file_are_good_without_a_warning(self):
        for name in ("minimal", "complete"):
            sample = SOURCE / "config" / "samples" / f"{name}.jsonc"
            self.assertEqual(self.run_("check", str(sample)), (0, f"{sample}: good\n", ""))
        code, out, _ = self.run_("init")
        self.assertEqual(code, 0)
        self.assertEqual(self.run_("check", self.file(out)), (0, "policy.json: good\n", ""))

    def test_init_never_overwrites(self):
        self.assertEqual(self.run_("init", "new.json")[0], 0)
        self.assertEqual((self.folder / "new.json").read_text("utf-8"), self.run_("init")[1])
        self.file("mine", "new.json")
        self.assertEqual(self.run_("init", "new.json")[0], 2)
        self.assertEqual((self.folder / "new.json").read_text("utf-8"), "mine")

    def test_schema_is_the_file_in_config(self):
        code, out, _ = self.run_("schema")
        self.assertEqual((code, out), (0, (SOURCE / "config/policy.schema.json").read_text("utf-8")))

    def test_explain_tells_decision_and_rule_of_each_cause(self):
        self.file('{ "mode": "repair",\n  "watch": [{ "counterService": "MSExchangeIMC",\n'
                  '    "causes": { "unknown": "repair" } }] }')
        code, out, err = self.run_("explain", "policy.json")
        self.assertEqual(code, 0)
        self.assertEqual(out.splitlines()[0], "MSExchangeIMC")
        self.assertRegex(out, r"(?m)^  openFailed +repair +/mode \(policy\.json:1\)$")
        self.assertRegex(out, r"(?m)^  unknown +notRepairable +/watch/0/causes/unknown "
                              r"\(policy\.json:3\)  never applies: this cause is always an alert$")
        self.assertIn("policy.json:3:28: warning: ", err)
        code, out, _ = self.run_("explain", "--json", "policy.json")
        [watch] = json.loads(out)["watches"]
        self.assertEqual(code, 0)
        self.assertEqual(len(watch["causes"]), 28)
        self.assertIn({"cause": "openFailed", "decision": "repair", "rule": "/mode", "line": 1,
                       "neverApplies": "", "onlyTheWord": "", "wouldNeed": ""}, watch["causes"])

    def test_without_a_file_the_default_is_shown_and_explained(self):
        code, out, _ = self.run_("show")
        self.assertEqual(code, 0)
        self.assertIn('"mode": "alert",  // default', out)
        self.assertRegex(self.run_("explain")[1], r"(?m)^  openFailed +alert +/mode \(default\)$")

    def test_without_a_file_and_an_installed_policy_check_says_what_to_type(self):
        code, out, err = self.run_("check")
        self.assertEqual((code, out), (2, ""))
        self.assertIn("imshealth policy check FILE", err)
        self.assertNotIn("--policy", err)
        code, out, _ = self.run_("check", "--json")
        self.assertEqual((code, json.loads(out)["valid"]), (2, False))

    def test_bad_policy_is_neither_shown_nor_explained(self):
        self.file('{ "mode": 1 }')
        for verb in ("show", "explain"):
            code, out, err = self.run_(verb, "policy.json")
            self.assertEqual((code, out), (2, ""))
            self.assertIn("policy.json:1:11: error: ", err)

    def test_what_cannot_be_read_is_exit_code_2(self):
        (self.folder / "folder.json").mkdir()
        for name in ("absent.json", "folder.json"):
            for verb in ("check", "show", "explain"):
                with self.subTest(verb=verb, name=name):
                    code, out, err = self.run_(verb, name)
                    self.assertEqual((code, out), (2, ""))
                    self.assertIn(name, err)
            code, verdict = self.check_json(name)
            self.assertEqual((code, verdict["valid"]), (2, False))

    def test_just_1_mb_is_read_and_more_is_not(self):
        self.assertEqual(self.run_("check", self.file("{}" + " " * (MEGABYTE - 2)))[0], 0)
        self.assertEqual(self.run_("check", self.file("{}" + " " * (MEGABYTE - 1)))[0], 2)
        self.assertEqual(self.run_("check", "/dev/zero")[0], 2)

    def test_hostile_files_end_soon_and_in_bounds(self):
        hostile = {
            "nested lists": "[" * MEGABYTE,
            "nested objects": '{"a":' * (MEGABYTE // 5),
            "one long line of mistakes": '{"watch":[' + "\t\"\t\"," * 150000,
            "control characters": '{"mode":"' + "\x01" * 900000 + '"}',
            "one long text": '{"mode":"' + "x" * 900000 + '"}',
            "one long number": '{"limits":{"attempts":' + "9" * 900000 + "}}",
            "one long comment": "/*" + "x" * 900000,
            "duplicate keys": "{" + '"mode":"alert",' * 60000 + '"mode":"alert"}',
            "unknown keys": "{" + ",".join(f'"k{i}":1' for i in range(60000)) + "}",
            "many values": "[" + ",".join("[" + ",".join(["0"] * 200) + "]" for _ in range(200)) + "]",
            "long patterns": '{"watch":[' + ",".join(
                '{"counterService":"' + "C:\\\\" * 100 + '","directory":"' + "C:\\\\a" * 80 + '"}'
                for _ in range(255)) + "]}",
            "zero bytes": b"\0" * MEGABYTE,
            "bytes that are no text": b"\xff" * MEGABYTE,
            "surrogates": b"\xff\xfe" + b"\x00\xd8" * 500000,
        }
        for name, contents in hostile.items():
            with self.subTest(name):
                code, out, err = self.run_("check", self.file(contents))
                self.assertEqual((code, err), (2, ""))
                self.assertLess(len(out), 150000)
                self.assertRegex(out, r"^policy\.json:[0-9]+:[0-9]+: error: ")

    def test_output_never_acts_on_the_terminal(self):
        self.file('{ "mode": "\x1b[2J\u009b2J\u202e", "\\u001b[31m": 1 }')
        _, out, _ = self.run_("check", "policy.json")
        self.assertFalse(set(out) & set("\x1b\u009b\u202e"), ascii(out))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
