"""Anyone who may log on can write a 1008. Nothing in it may change what is run."""

from scenario import SERVICE, Scenario, exchange, main, policy

PLANTED = ["C:\\users\\Public\\imsperf.dll", "\\\\attacker\\share\\imsperf.dll"]
FORGED = [
    *PLANTED,
    "C:\\exchsrvr\\bin\\imsperf.dll\" & calc.exe & \"",
    "%1 %n %SystemRoot% %s%s%s%n",
]


class ForgedEvent(Scenario):
    def plant(self, lab):
        """Lays out what the forged events name, and shows that the journal would tell of its use."""
        library = (lab.bin / "imsperf_other_version.dll").read_bytes()
        share = lab.wine.prefix / "dosdevices" / "unc" / "attacker" / "share"
        for folder in (lab.wine.drive_c("C:\\users") / "Public", share):
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "imsperf.dll").write_bytes(library)
        system32 = lab.wine.drive_c(exchange.SYSTEM32)
        (system32 / "calc.exe").write_bytes((system32 / "regsvr32.exe").read_bytes())
        for path in PLANTED:
            lab.wine.run("calc.exe", "/s", path)
        self.assertEqual([run[0] for run in lab.tool_runs()], ["regsvr32", "regsvr32"])
        # Wine says unc\\ for \\\\.
        self.assertEqual(lab.libraries_loaded(), {PLANTED[0].lower(), "unc" + PLANTED[1][1:]})
        lab.registry({exchange.IMC_PERFORMANCE: {"Library": exchange.LIBRARY}})  # it has registered itself
        lab.forget_journal()

    def test_library_path_of_the_event_is_never_used(self):
        lab = self.server()
        self.plant(lab)
        lab.install(policy=policy("repair", limits={"coolDown": "10ms", "attempts": 10}))
        lab.wait_for_alert(100)
        for library in FORGED:
            with self.subTest(library=library):
                lab.break_("inconsistentCounters")
                lab.forget_journal()
                begun = lab.last_record()
                lab.perflib_event(form="classic", library=library, status=1003)
                lab.wait_for_alert(202, after=begun)
                self.assert_article_steps(lab, [("regsvr32", ["/s", exchange.LIBRARY]),
                                                ("unlodctr", [SERVICE]),
                                                ("lodctr", ["imcperf.ini"])])
                self.assertEqual(lab.libraries_loaded(), {exchange.LIBRARY.lower()})
                self.assert_counters_whole(lab)
        lab.stop()

    def test_foreign_text_in_an_alert_is_sanitised(self):
        """A forged complaint of LoadPerf has the repair undone, and its text is in the alert."""
        lab, before = self.failing_server(policy("repair"), lodctr={"slow": 1000})
        lab.until_tool("lodctr", "begun")
        lab.report_event("LoadPerf", "one\x1b[2J\ntwo %1%n\u202ethree\u2028" + 2000 * "x",
                         id=0xC0000BC4, type=1)
        failed = lab.wait_for_alert(203)
        self.assertRegex(failed.strings[2], r"^LoadPerf logged event 3012: one\[2J two % 1% nthreex+$")
        self.assertLessEqual(len(failed.strings[2]), 1024)
        self.assertEqual(failed.strings[3], "yes")
        self.assertEqual(lab.counters(), before)
        lab.stop()

    def test_forged_events_on_a_sound_server_run_nothing(self):
        lab = self.server()
        self.plant(lab)
        before = lab.counters()
        lab.install(policy=policy("repair"))
        lab.wait_for_alert(100)
        for service in ("..\\..\\Evil", "MSExchangeIMC ", "*", "MSExchangeIMC\\Performance",
                        "nobody %n"):
            lab.perflib_event(service=service, library=FORGED[1])
        lab.report_event("MSExchangeMTA", SERVICE, FORGED[0], id=1008)
        lab.perflib_event(service=SERVICE, library=FORGED[0])
        lab.wait_for_alert(206)
        lab.stop()
        self.assertEqual([each.code for each in lab.alerts()
                          if each.code in range(200, 300)], [206])
        self.assertEqual(lab.tool_runs(), [])
        self.assertEqual(lab.libraries_loaded(), {exchange.LIBRARY.lower()})
        self.assertEqual(lab.counters(), before)


if __name__ == "__main__":
    main()
