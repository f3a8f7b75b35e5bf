"""scan and replay on the real exe: a saved log is told in the same words whether it is an .evt, which the
program reads itself, or an .evtx, which it has Windows read. 32-bit Wine stands for the systems that
have no .evtx: there, and on Linux, it is refused."""

import json
import re
import shutil
import struct
import subprocess

from scenario import APIS, Scenario, main

EXE = "C:\\lab\\imshealth.exe"
LOG = "C:\\lab\\saved\\Application log.evtx"
TWIN = "C:\\lab\\saved\\Application.evt"
MANIFEST = "Microsoft-Windows-Perflib"
DAY = 86400


def evt(events):
    """An .evt of the same events, as they would be there: header, records, the end-of-file record; not closed cleanly."""
    log = struct.pack("<12I", 48, 0x654C664C, 1, 1, 48, 48, 1, 0, 0, 1, 0, 48)
    for event in events:
        # From Vista on the provider's new name is what the interface gives for Perflib.
        source = MANIFEST if event.form == "classic" else event.source
        tail = (source + "\0LAB\0").encode("utf-16-le")
        strings = 56 + len(tail)
        tail += "".join(text + "\0" for text in event.strings).encode("utf-16-le")
        data = 56 + len(tail)
        tail += event.data
        tail += bytes(4 - len(tail) % 4)
        size = 56 + len(tail) + 4
        log += struct.pack("<6I4H6I", size, 0x654C664C, event.number, event.generated,
                           event.written, event.id, event.type, len(event.strings), 0, 0, 0,
                           strings, 0, 0, len(event.data), data) + tail + struct.pack("<I", size)
    newest = max(event.number for event in events)
    return log + struct.pack("<10I", 40, 0x11111111, 0x22222222, 0x33333333, 0x44444444, 48, len(log), newest + 1, 1, 40)


class ScanSavedLogs(Scenario):
    def prepared(self):
        """A server with a log of every shape of 1008, saved both ways."""
        lab = self.server()
        shutil.copy(lab.product / "imshealth.exe", lab.wine.drive_c("C:\\lab") / "imshealth.exe")
        lab.wine.drive_c("C:\\lab").joinpath("saved").mkdir()
        lab.perflib_event(form="classic", status=126, age=3 * DAY)
        lab.perflib_event(form="manifest", status=1003, age=2 * DAY)
        lab.perflib_event(form="generic", status=2, data_bytes=4, age=DAY, count=40)
        lab.perflib_event(form="classic", service="msexchangeimc", data_bytes=0)
        lab.perflib_event(form="classic", id=1009, service="Tcpip")
        lab.report_event("LoadPerf", "MSExchangeIMC", "MSExchangeIMC", id=0x400003E8, type=4)
        lab.report_event("MSExchangeMTA", "MSExchangeIMC", "C:\\imsperf.dll", id=0xC00003F0)
        lab.save_log(LOG, dirty=True)
        lab.wine.drive_c(TWIN).write_bytes(evt(lab.store.events()))
        return lab

    def run_exe(self, lab, *arguments):
        return lab.wine.run(EXE, *arguments, check=False)

    def complaint(self, lab, *arguments):
        """Of a run that fails: its standard output, and what it says on standard error."""
        failed = lab.wine.start(EXE, *arguments, stderr=subprocess.PIPE)
        out, said = failed.communicate(timeout=120)
        self.assertEqual(failed.returncode, 2, said)
        return out.decode("utf-8"), said.decode("utf-8")

    def scan(self, lab, *arguments):
        code, text = self.run_exe(lab, "scan", "--json", *arguments)
        return code, json.loads(text)["files"]

    if "winevt" in APIS:
        def test_the_same_as_an_evt(self):
            lab = self.prepared()
            with self.subTest("scan"):
                self.the_same_scan(lab)
            with self.subTest("replay"):
                self.the_same_replay(lab)
            with self.subTest("errors"):
                self.errors_are_told(lab)

        def the_same_scan(self, lab):
            code, (saved, twin) = self.scan(lab, LOG, TWIN)
            self.assertEqual(code, 1, "there are 1008s")
            self.assertEqual(saved.pop("file"), LOG)
            self.assertEqual(twin.pop("file"), TWIN)
            self.assertEqual(saved, twin)
            self.assertEqual(saved["records"], 46)
            failures = saved["openFailures"]
            self.assertEqual([each["status"] for each in failures], [126, 1003, *[2] * 40, None])
            self.assertEqual([each["id"] for each in saved["related"]], [1009, 1000])

            # A window of time, and the table.
            since = failures[1]["time"]
            until = failures[2]["time"]
            window = ("--since", since, "--until", until)
            code, (saved, twin) = self.scan(lab, *window, LOG, TWIN)
            self.assertEqual([each["record"] for each in saved["openFailures"]],
                             [failures[1]["record"]])
            self.assertEqual(saved["openFailures"], twin["openFailures"])
            tables = [self.run_exe(lab, "scan", *window, each)[1].splitlines()[1:]
                      for each in (LOG, TWIN)]
            self.assertEqual(*tables)
            self.assertIn("1003", "\n".join(tables[0]))

            # Answers that are too large for Windows, and a path that is none of its full ones.
            lab.store.set(evtBatchBound=5)
            code, (again,) = self.scan(lab, "drive_c" + LOG[2:])
            lab.store.set(evtBatchBound=0)
            self.assertEqual(again["openFailures"], failures)

        def the_same_replay(self, lab):
            told = []
            for each in (LOG, TWIN):
                code, text = self.run_exe(lab, "replay", "--json", "--utc-offset", "+00:00", each)
                self.assertEqual(code, 0, text)
                report = json.loads(text)
                self.assertEqual(report["files"][0].pop("file"), each)
                told.append(report)
            self.assertEqual(*told)
            self.assertEqual(told[0]["openFailures"], 43)

        def errors_are_told(self, lab):
            saved = lab.wine.drive_c(LOG)
            whole = saved.read_bytes()
            damaged = saved.with_name("damaged.evtx")
            damaged.write_bytes(whole[:-100])
            foreign = saved.with_name("foreign.evtx")
            foreign.write_bytes(whole[:128] + bytes(8) + whole[136:])
            clean = saved.with_name("clean.evtx")
            clean.write_bytes(whole[:120] + b"\0" + whole[121:])

            code, files = self.scan(lab, "C:\\lab\\saved\\foreign.evtx", LOG,
                                    "C:\\lab\\saved\\none.evtx", "C:\\lab\\saved\\damaged.evtx",
                                    "C:\\lab\\saved\\clean.evtx")
            self.assertEqual(code, 2)
            self.assertEqual(files[0]["errorCode"], 1500)
            self.assertIn("EvtQuery", files[0]["error"])
            self.assertEqual(len(files[1]["openFailures"]), 43, "the others are read all the same")
            self.assertEqual(files[2]["errorCode"], 2)
            self.assertEqual(files[3]["errorCode"], 1500, "as far as it can be read, and why no further")
            self.assertIn("EvtNext", files[3]["error"])
            self.assertEqual(files[3]["records"], 45)
            self.assertTrue(files[1]["dirty"])
            self.assertFalse(files[4]["dirty"])
            self.assertNotIn("error", files[4])

            for api, error in (("EvtQuery", 5), ("EvtQuery", 15007), ("EvtNext", 1722), ("EvtRender", 1722)):
                with self.subTest(api=api, error=error):
                    lab.store.inject(api[0].lower() + api[1:], error, count=1000)
                    code, (file,) = self.scan(lab, LOG)
                    self.assertEqual((code, file["errorCode"]), (2, error))
                    self.assertIn(api, file["error"])
                    told = f"{re.escape(LOG)}: {api}.* \\(error {error}\\)"
                    out, said = self.complaint(lab, "scan", LOG)
                    self.assertNotIn(f"(error {error})", out)
                    self.assertRegex(said, told)
                    out, said = self.complaint(lab, "replay", LOG)
                    self.assertEqual(out, "", "half a log would decide otherwise")
                    self.assertRegex(said, told)
                    lab.store.inject(api[0].lower() + api[1:], 0, count=0)
    else:
        def test_an_evtx_is_refused_an_evt_is_read(self):
            lab = self.prepared()
            lab.wine.drive_c("C:\\windows\\system32\\wevtapi.dll").unlink()
            code, (saved, twin) = self.scan(lab, LOG, TWIN)
            self.assertEqual(code, 2)
            self.assertIn("only Windows Vista and later", saved["error"])
            self.assertEqual(len(twin["openFailures"]), 43)


if __name__ == "__main__":
    main()
