"""The files that the service writes for people and for other programs: metrics, rotated logs, backups. And the
same engine in a window, which Ctrl-C stops."""

import json
import os
import signal
import subprocess
import time

from scenario import ARCH, SERVICE, Lab, Scenario, exchange, main, policy, until

METRICS = "C:\\metrics\\imshealth.prom"
BY_MINUTE = "imshealth_written_timestamp_seconds"


class OwnFiles(Scenario):
    @classmethod
    def setUpClass(cls):
        cls.lab = cls.enterClassContext(Lab(ARCH, cls.__name__))
        cls.lab.wine.drive_c("C:\\metrics").mkdir()
        cls.lab.install(policy=policy("repair", metrics={"textfile": METRICS},
                                      log={"level": "debug", "maxSize": "64KB", "files": 2}), start=False)

    def setUp(self):
        self.lab.stop()
        exchange.heal(self.lab)
        self.lab.break_("inconsistentCounters")

    def begun(self):
        before = self.lab.last_record()
        self.lab.start()
        self.lab.wait_for_alert(100, after=before)
        return self.lab.last_record()

    def metrics(self):
        """Name with labels -> value; empty while there is no file."""
        try:
            lines = self.lab.wine.drive_c(METRICS).read_text("utf-8").splitlines()
        except FileNotFoundError:
            return {}
        return dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))

    def test_log_files_are_rotated_and_the_oldest_goes(self):
        logs = self.lab.data / "logs"
        old = b"2026-01-01 00:00:00.000 +00:00 [info] as long as a line may be\r\n"
        old *= (64 << 10) // len(old)
        (logs / "imshealth.log").write_bytes(old)
        (logs / "imshealth.1.log").write_bytes(b"older\r\n")
        self.begun()
        self.lab.stop()
        self.assertEqual({each.name for each in logs.iterdir()}, {"imshealth.log", "imshealth.1.log"})
        rotated = (logs / "imshealth.1.log").read_bytes()
        self.assertTrue(rotated.startswith(old))
        self.assertLessEqual(len(rotated), 64 << 10)
        self.assertIn("alert 101:", (logs / "imshealth.log").read_text("utf-8"))

    def test_metrics_and_backup(self):
        """Metrics at the start, at each change and each minute; the backup of the repair between."""
        file = self.lab.wine.drive_c(METRICS)
        file.unlink(missing_ok=True)
        after = self.begun()
        found = until(self.metrics, "metrics at the start")
        repaired = f'imshealth_repairs_total{{counter_service="{SERVICE}",result="repaired"}}'
        self.assertEqual(found['imshealth_policy_info{mode="repair"}'], "1")
        self.assertEqual(found[repaired], "0")
        before = self.lab.counters()

        self.lab.perflib_event(form="classic", status=1003)
        self.lab.wait_for_alert(202, after=after)
        until(lambda: self.metrics().get(repaired) == "1", "metrics at a change", 30)
        self.assertEqual(self.metrics()[f'imshealth_incident_open{{counter_service="{SERVICE}"}}'], "0")
        self.assert_backup(before)
        log = (self.lab.data / "logs" / "imshealth.log").read_text("utf-8")
        self.assertRegex(log, rf"\[debug\] heard record \d+: (Microsoft-Windows-)?Perflib 1008 \[{SERVICE}\]")
        self.assertRegex(log, r"\[debug\] open probe of C:\\.*\\imsperf.dll: ok")

        # So that the first minute has no proof of hearing to begin, which would be a change.
        self.assertEqual(self.lab.imshealth("status", "--prove")[0], 0)
        state = self.lab.saved_state()
        file.unlink()
        found = until(self.metrics, "metrics each minute", 90)
        self.assertLess(abs(time.time() - float(found[BY_MINUTE])), 30)
        self.assertEqual(found[repaired], "1")
        now = self.lab.saved_state()
        self.assertEqual((now["totals"], now["proof"]), (state["totals"], state["proof"]))
        self.lab.stop()

    def assert_backup(self, before):
        """By these a person can tell what was, and put it back."""
        folder, = (self.lab.data / "backup").iterdir()
        for name in exchange.TEXT_FILES:
            copies = [each.read_bytes() for each in folder.rglob(f"*{name}")]
            self.assertEqual(copies, [before[name]], name)
        manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
        self.assertEqual(manifest["counterService"], SERVICE)
        self.assertEqual(self.values(manifest["performanceKey"]), before["services"][SERVICE])
        self.assertEqual(self.values(manifest["perflibTotals"]),
                         {name: before["perflib"][name] for name in ("Last Counter", "Last Help", "Base Index")})
        facts = json.loads((folder / "facts.json").read_text("utf-8"))
        self.assertIn(SERVICE, json.dumps(facts))
        saved = (folder / "lodctr.txt").read_text("utf-8")
        self.assertRegex(saved, rf"\nLast Counter={exchange.ranges()['MSExchangeMTA'][1]}\n")

    @staticmethod
    def values(key):
        """A key of a backup's manifest, as Lab.counters() has keys."""
        return {each["name"]: [each["type"], each["bytes"]] for each in key["values"]}

    def test_run_in_a_window_is_stopped_by_ctrl_c(self):
        before = self.lab.last_record()
        run = self.lab.wine.start(self.lab.program, "run", stdout=subprocess.DEVNULL)
        self.lab.wait_for_alert(100, after=before)
        for pid in self.lab.processes("imshealth.exe"):
            os.kill(pid, signal.SIGINT)  # Wine makes Ctrl-C of it
        self.assertEqual(run.wait(60), 0)
        self.assertEqual([each.code for each in self.lab.alerts(before)], [100, 101])
        self.assertEqual(self.lab.processes("imshealth.exe"), [])


if __name__ == "__main__":
    main()
