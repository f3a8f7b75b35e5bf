"""The lab against its own documentation: event log through both interfaces, loader tools, registry,
libraries. Usage: test_lab.py [x64|x86]."""

import contextlib
import io
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

import exchange  # noqa: E402
import image  # noqa: E402
from lab import STAND_IN, Lab  # noqa: E402

ARCH = "x64"


class LabItself(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.lab = cls.enterClassContext(Lab(ARCH, "selftest"))
        probe = cls.lab.wine.drive_c("C:\\windows\\system32\\labprobe.exe")
        copy = cls.lab.wine.prefix / "drive_c" / "lab" / "probe.exe"
        copy.write_bytes(probe.read_bytes())
        image.replace_import(copy, "ADVAPI32.dll", STAND_IN)

    def setUp(self):
        self.lab.forget_journal()
        self.lab.clear_log()

    def hear(self, *arguments):
        """Starts the probe, writes three forms of 1008 and the end mark, returns what it heard."""
        log = self.lab.wine.prefix / "probe.txt"
        with open(log, "wb") as out:
            probe = self.lab.wine.start("C:\\lab\\probe.exe", *arguments, stdout=out)
            self.lab.perflib_event(form="classic", status=21)
            self.lab.perflib_event(form="manifest", status=126)
            self.lab.perflib_event(form="generic", status=2, data_bytes=4)
            self.lab.report_event("LabProbe", id=99)
            self.assertEqual(probe.wait(60), 0)
        return log.read_text("utf-8").replace("\r", "").splitlines()

    def test_classic_interface(self):
        heard = self.hear("classic")
        self.assertEqual(heard, [
            "classic 1008 Perflib MSExchangeIMC 21",
            "classic 1008 Microsoft-Windows-Perflib MSExchangeIMC 0",
            "classic 1008 Perflib MSExchangeIMC 2",
            "classic 99 LabProbe - 0"])
        self.assertEqual(self.lab.store.events()[-1].strings, ["heard"])

    def test_winevt_interface(self):
        heard = self.hear("winevt", "*[System[Provider[@Name='Microsoft-Windows-Perflib' or "
                          "@Name='LabProbe'] and (EventID=1008 or EventID=99)]]")
        self.assertEqual(heard, [
            "winevt 1008 Microsoft-Windows-Perflib MSExchangeIMC 21",
            "winevt 1008 Microsoft-Windows-Perflib MSExchangeIMC 126",
            "winevt 99 LabProbe - 0"])

    def test_unknown_query_is_refused(self):
        code, _ = self.lab.wine.run("C:\\lab\\probe.exe", "winevt", "*[System[Nonsense=1]]",
                                    check=False)
        self.assertEqual(code, 15001 % 251)

    def test_what_hangs_is_killed_told_of_and_asked_again(self):
        script = self.lab.wine.prefix / "drive_c" / "lab" / "hangs_once.cmd"
        script.write_bytes(b"@if exist C:\\lab\\hung exit 7\r\n@echo.> C:\\lab\\hung\r\n"
                           b":again\r\n@goto again\r\n")
        said = io.StringIO()
        with contextlib.redirect_stderr(said):
            code, _ = self.lab.wine.look("cmd", "/c", "C:\\lab\\hangs_once.cmd", timeout=12, check=False)
        self.assertEqual(code, 7)
        self.assertRegex(said.getvalue(), r"hangs_once.*timed out after 12 seconds\n"
                                          r"(.*\n)* +\d+ .*cmd.*hangs_once.*: .* [RSD] ")
        self.assertEqual(self.lab.processes("cmd.exe"), [])

    def test_what_wine_could_not_start_is_started_again(self):
        script = self.lab.wine.prefix / "drive_c" / "lab" / "fails_once.cmd"
        script.write_bytes(b"@if exist C:\\lab\\failed exit 7\r\n@echo.> C:\\lab\\failed\r\n"
                           b"@echo ShellExecuteEx failed: Internal error.\r\n@exit 1\r\n")
        said = io.StringIO()
        with contextlib.redirect_stderr(said):
            code, _ = self.lab.wine.run("cmd", "/c", "C:\\lab\\fails_once.cmd", check=False)
        self.assertEqual(code, 7)
        self.assertIn("fails_once.cmd: not started by Wine, started again", said.getvalue())

    def test_a_service_that_ended_before_its_first_word_is_started_again(self):
        self.lab.wine.run("sc", "create", "ImsHealth", "binPath=", "C:\\windows\\system32\\labsc.exe")
        self.addCleanup(self.lab.wine.run, "sc", "delete", "ImsHealth")
        said = io.StringIO()
        with contextlib.redirect_stderr(said), self.assertRaisesRegex(RuntimeError, '"error":1053'):
            self.lab.start()
        self.assertEqual(said.getvalue(), "ImsHealth: not started by Wine, started again\n")

    def test_wrap_drops_the_oldest(self):
        self.lab.store.set(maxRecords=3)
        self.addCleanup(self.lab.store.set, maxRecords=0)
        self.lab.report_event("Lab", count=5)
        self.assertEqual(self.lab.store.next - self.lab.store.oldest, 3)

    def test_unload_and_load(self):
        before = self.lab.counters()
        self.lab.wine.run("unlodctr", "MSExchangeIMC")
        self.assertEqual(self.lab.index_values(), {})
        self.assertNotIn("MSExchangeIMC", self.lab.texts().values())
        self.lab.wine.run("cmd", "/c", "cd /d C:\\exchsrvr\\bin && lodctr imcperf.ini")
        first = max(last for _, last in exchange.ranges().values()) + 2
        last = first + 10
        self.assertEqual(self.lab.index_values(),
                         {"First Counter": first, "Last Counter": last,
                          "First Help": first + 1, "Last Help": last + 1})
        self.assertEqual(self.lab.texts()[first], "MSExchangeIMC")
        self.assertEqual([(tool, arguments) for tool, arguments, _ in self.lab.tool_runs()],
                         [("unlodctr", ["MSExchangeIMC"]), ("lodctr", ["imcperf.ini"])])
        self.assertEqual(self.lab.tool_runs()[1][2], "C:\\exchsrvr\\bin")
        self.assertEqual([event.code for event in self.lab.store.events()], [1001, 1000])
        after = self.lab.counters()
        for service in ("MSExchangeDS", "MSExchangeIS", "MSExchangeMTA"):
            self.assertEqual(before["services"][service], after["services"][service])

    def test_load_needs_the_key(self):
        self.lab.registry({exchange.SERVICES + "\\Nobody": None})
        path = self.lab.wine.drive_c(exchange.BIN) / "nobody.ini"
        path.write_bytes(exchange.counter_file().replace(b"drivername=MSExchangeIMC",
                                                         b"drivername=Nobody"))
        code, _ = self.lab.wine.run("cmd", "/c", "cd /d C:\\exchsrvr\\bin && lodctr nobody.ini", check=False)
        self.assertEqual(code, 2)
        self.assertEqual([event.code for event in self.lab.store.events()], [3003, 3009])

    def test_load_finds_the_symbols_in_the_current_directory_alone(self):
        """As NT 4.0 SP3 (Q169659)."""
        before = self.lab.counters()
        code, _ = self.lab.wine.run("lodctr", exchange.BIN + "\\imcperf.ini", check=False)
        self.assertEqual(code, 2)
        self.assertEqual([event.code for event in self.lab.store.events()], [3009])
        self.assertEqual(self.lab.counters(), before)

    def test_registering(self):
        self.lab.break_("notRegistered")
        self.lab.wine.run("regsvr32", "/s", exchange.LIBRARY)
        self.assertIn("Library", self.lab.counters()["services"]["MSExchangeIMC"])
        code, _ = self.lab.wine.run("regsvr32", "/s", "C:\\nowhere.dll", check=False)
        self.assertEqual(code, 3)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        ARCH = sys.argv.pop(1)
    unittest.main(verbosity=2)
