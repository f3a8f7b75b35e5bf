"""The fleet hand-outs against what the program really does: event ids of service/messages.mc, metric
names and labels of the sample that the metrics writer prints.

    test_fleet.py METRICS_SAMPLE_PROGRAM
"""

import json
import pathlib
import re
import subprocess
import sys
import unittest
import xml.etree.ElementTree as ET

ROOT = pathlib.Path(__file__).resolve().parents[2]
FLEET = ROOT / "installer" / "fleet"
SEVERITIES = {"Informational": 1, "Warning": 2, "Error": 3}
PROOF_OF_HEARING = 900


def messages():
    """Event id -> severity."""
    text = (ROOT / "service" / "messages.mc").read_text("utf-8")
    found = re.findall(r"^MessageId=(\d+)\s+Severity=(\w+)", text, re.MULTILINE)
    return {int(code): SEVERITIES[severity] for code, severity in found}


def sample():
    return subprocess.run([sys.argv[1]], check=True, capture_output=True, text=True).stdout


class Traps(unittest.TestCase):
    def setUp(self):
        self.lines = (FLEET / "traps.cnf").read_text("ascii").splitlines()

    def test_every_line_adds_an_event_of_ours(self):
        known = {severity << 30 | code for code, severity in messages().items()}
        for line in self.lines:
            match = re.fullmatch(r'#pragma ADD Application "ImsHealth" (\d+)', line)
            self.assertIsNotNone(match, line)
            self.assertIn(int(match[1]), known, line)

    def test_every_warning_and_error_becomes_a_trap(self):
        text = "\n".join(self.lines) + "\n"
        for code, severity in messages().items():
            if severity > 1:
                self.assertIn(f" {severity << 30 | code}\n", text, code)


class Forwarding(unittest.TestCase):
    SPACE = "{http://schemas.microsoft.com/2006/03/windows/events/subscription}"

    def setUp(self):
        self.root = ET.parse(FLEET / "forward.xml").getroot()
        self.query = ET.fromstring(self.root.find(self.SPACE + "Query").text.strip())

    def test_the_query_takes_all_ids_but_the_proofs_of_hearing(self):
        selects = self.query.findall("Query/Select")
        taken = [int(code) for select in selects for code in re.findall(r"EventID=(\d+)", select.text)]
        self.assertEqual(sorted(taken), sorted(set(messages()) - {PROOF_OF_HEARING}))

    def test_each_part_asks_our_source_in_the_application_log(self):
        for select in self.query.findall("Query/Select"):
            self.assertEqual(select.get("Path"), "Application")
            self.assertTrue(select.text.startswith("*[System[Provider[@Name='ImsHealth'] and ("))
            self.assertLessEqual(select.text.count("EventID"), 20, "the event log limits expressions")
            self.assertEqual(select.text.count("["), select.text.count("]"))


class Metrics(unittest.TestCase):
    def setUp(self):
        self.sample = sample()
        self.names = set(re.findall(r"^# TYPE (\w+) ", self.sample, re.MULTILINE))

    def assert_known(self, expression):
        used = set(re.findall(r"\bimshealth_\w+", expression))
        self.assertTrue(used, expression)
        self.assertLessEqual(used, self.names)
        for name, matchers in re.findall(r"(\bimshealth_\w+)\{([^}]*)\}", expression):
            series = [line for line in self.sample.splitlines() if re.match(name + r"[{ ]", line)]
            for label, operator, value in re.findall(r'(\w+)(=~?)"([^"]*)"', matchers):
                if label == "instance":  # Prometheus adds it
                    continue
                self.assertEqual(operator, "=")
                self.assertTrue(any(f'{label}="{value}"' in line for line in series), expression)

    def test_each_alert_has_its_series(self):
        ids = {int(code) for code in re.findall(r'^imshealth_alerts_total\{id="(\d+)"\}', self.sample,
                                                re.MULTILINE)}
        self.assertEqual(ids, set(messages()))

    def test_the_alerting_rules_use_metrics_that_exist(self):
        text = (FLEET / "alerts.yml").read_text("utf-8")
        expressions = re.findall(r"^ +expr: (.+)$", text, re.MULTILINE)
        self.assertEqual(len(expressions), text.count("- alert:"))
        for expression in expressions:
            self.assert_known(expression)

    def test_the_alerting_rules_name_events_that_exist(self):
        text = (FLEET / "alerts.yml").read_text("utf-8")
        for code in re.findall(r"[Ee]vent (\d+)", text):
            self.assertIn(int(code), messages())

    def test_the_dashboard_uses_metrics_that_exist(self):
        board = json.loads((FLEET / "dashboard.json").read_text("utf-8"))
        for panel in board["panels"]:
            for target in panel["targets"]:
                self.assert_known(target["expr"])

    def test_the_panels_of_the_dashboard_do_not_overlap(self):
        board = json.loads((FLEET / "dashboard.json").read_text("utf-8"))
        taken = set()
        for panel in board["panels"]:
            place = panel["gridPos"]
            cells = {(x, y) for x in range(place["x"], place["x"] + place["w"])
                     for y in range(place["y"], place["y"] + place["h"])}
            self.assertFalse(cells & taken, panel["title"])
            self.assertLessEqual(place["x"] + place["w"], 24)
            taken |= cells
        self.assertEqual(len({panel["id"] for panel in board["panels"]}), len(board["panels"]))


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], "-v"])
