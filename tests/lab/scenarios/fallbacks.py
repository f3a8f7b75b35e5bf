"""The x86 product as NT 4.0 has to run it: every import slot on its fallback, nothing found that is looked up at run
time (RegisterServiceCtrlHandlerEx, job objects, handle lists, wevtapi, SHGetFolderPath, …), and Windows says that it is
version 4.0. The installed exe is replaced by one built for that, imshealth_as_on_nt4.exe."""

import json
import shutil
import unittest

from scenario import ARCH, SERVICE, Scenario, exchange, main, policy

import image  # noqa: E402
from lab import CONTINUE, PAUSE, PAUSED, RUNNING, STAND_IN  # noqa: E402


@unittest.skipUnless(ARCH == "x86", "only the x86 product runs where these are missing")
class Fallbacks(Scenario):
    def server_of_1996(self, **options):
        lab = self.server()
        lab.break_("inconsistentCounters")
        self.order(lab)
        lab.registry({exchange.LOADPERF[ARCH]: None})
        lab.install(start=False)
        lab.registry({"HKEY_CURRENT_USER\\Software\\Wine": {"Version": "nt40"}})
        # Without SHGetFolderPath Wine's registry leads to another folder than its shell.
        folder = lab.wine.drive_c("C:\\users\\Public") / "ImsHealth"
        folder.mkdir()
        (folder / "policy.json").write_text(json.dumps(policy("repair", **options)), "utf-8")
        program = lab.wine.drive_c(lab.program)
        shutil.copyfile(lab.product / "tests" / "service" / "imshealth_as_on_nt4.exe", program)
        image.replace_import(program, "ADVAPI32.dll", STAND_IN)
        begun = lab.last_record()
        lab.start()
        started = lab.wait_for_alert(100, after=begun)
        self.assertEqual(started.strings[1:], ["repair", "C:\\users\\Public\\ImsHealth\\policy.json", "classic"])
        return lab

    def order(self, lab, **faults):
        """NT 4.0 has no event source LoadPerf, so its tools log nothing."""
        lab.settings(loadperf={"form": "none"}, **faults)

    def test_repairs_as_the_article(self):
        lab = self.server_of_1996()
        before = lab.counters()
        lab.perflib_event(form="classic", status=1003)
        done = lab.wait_for_alert(202, timeout=120)
        self.assertEqual(done.strings[0], SERVICE)
        # There a process that has loaded the library keeps it.
        self.assertTrue(done.strings[1].endswith(" (restart the machine)"), done.strings)
        steps = [("regsvr32", ["/s", exchange.LIBRARY]), ("unlodctr", [SERVICE]), ("lodctr", ["imcperf.ini"])]
        self.assert_article_steps(lab, steps)
        # Nothing beside them: lodctr /S: came with Windows XP.
        self.assertEqual([run[:2] for run in lab.tool_runs()], steps)
        self.assert_counters_whole(lab)
        self.assert_neighbours_untouched(before, lab.counters())
        self.assertEqual({each.source for each in lab.store.events()}, {"ImsHealth", "Perflib"})
        lab.stop()
        self.assertEqual(lab.alerts()[-1].code, 101)

    def test_a_tool_that_hangs_is_ended_without_a_job_object(self):
        lab = self.server_of_1996(limits={"commandTimeout": "10s"})
        self.order(lab, lodctr={"misbehave": "hang"})
        before = lab.counters()
        lab.perflib_event(form="classic", status=1003)
        failed = lab.wait_for_alert(203, timeout=120)
        self.assertEqual(failed.strings[:2] + failed.strings[3:], [SERVICE, "loadCounters", "yes"])
        lab.stop()
        self.assertEqual(lab.counters(), before)
        self.assertEqual(lab.processes("lodctr.exe"), [])

    def test_the_handler_of_nt_4_takes_the_controls(self):
        lab = self.server_of_1996()
        lab.control(PAUSE)
        self.assertTrue(lab.await_state(PAUSED)[0])
        lab.control(CONTINUE)
        self.assertTrue(lab.await_state(RUNNING)[0])
        code, text = lab.imshealth("status", "--json")
        self.assertEqual(code, 0, text)
        lab.stop()


if __name__ == "__main__":
    main()
