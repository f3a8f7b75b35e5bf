"""Anyone who may log on can write a 1008. Nothing in it may change what is run."""

from scenario import SERVICE, Scenario, exchange, main, policy

FORGED = [
    "C:\\users\\Public\\imsperf.dll",
    "\\\\attacker\\share\\imsperf.dll",
    "C:\\exchsrvr\\bin\\imsperf.dll\" & calc.exe & \"",
    "%1 %n %SystemRoot% %s%s%s%n",
]


class ForgedEvent(Scenario):
    def test_library_path_of_the_event_is_never_used(self):
        lab = self.server()
        planted = lab.wine.drive_c("C:\\users") / "Public" / "imsperf.dll"
        planted.parent.mkdir(parents=True, exist_ok=True)
        planted.write_bytes((lab.bin / "imsperf_other_version.dll").read_bytes())
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
                self.assert_counters_whole(lab)
        for alert in lab.alerts():
            for text in alert.strings:
                self.assertNotRegex(text, "%[^ ]", alert)
                self.assertFalse(any(ord(each) < 32 for each in text), alert)
        lab.stop()

    def test_forged_events_on_a_sound_server_run_nothing(self):
        lab = self.server()
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
        self.assertEqual(lab.counters(), before)


if __name__ == "__main__":
    main()
