"""In mode repair the service does what article Q256927 does, in its order, and proves it."""

from scenario import APIS, SERVICE, Scenario, exchange, main, policy


class RepairMode(Scenario):
    def repairs_as_the_article(self, api, form):
        lab, before = self.broken_server(policy("repair", api))
        self.assertEqual(lab.said(100).strings[3], api)

        lab.perflib_event(form=form, status=1003)

        done = lab.wait_for_alert(202)
        self.assertEqual(done.strings[0], SERVICE)
        self.assertRegex(done.strings[2], r"^[0-9]+$")
        self.assert_article_steps(lab, [("regsvr32", ["/s", exchange.LIBRARY]),
                                        ("unlodctr", [SERVICE]),
                                        ("lodctr", ["imcperf.ini"])])
        self.assert_counters_whole(lab)
        self.assert_neighbours_untouched(before, lab.counters())

        said = [each for each in lab.alerts() if each.code in range(200, 300)]
        self.assertEqual([each.code for each in said], [200, 201, 202])
        opened, begun, _ = said
        self.assertEqual(opened.strings[:2] + opened.strings[3:],
                         [SERVICE, "countersInconsistent", "repair", "1003"])
        self.assertEqual(begun.strings[0], SERVICE)
        self.assertIn("loadCounters", begun.strings[1])
        # The product tells the SCM of its end before the prefix goes.
        lab.stop()

    def test_classic(self):
        self.repairs_as_the_article("classic", "classic")

    if "winevt" in APIS:
        def test_winevt(self):
            self.repairs_as_the_article("winevt", "manifest")

        def test_winevt_event_in_classic_form(self):
            self.repairs_as_the_article("winevt", "classic")

    def test_counters_not_loaded_at_all(self):
        """Nothing to unload, so unlodctr is left out."""
        lab = self.server()
        lab.break_("missingCounters")
        lab.install(policy=policy("repair"))
        lab.wait_for_alert(100)
        lab.perflib_event(form="classic", status=2)
        self.assertEqual(lab.wait_for_alert(200).strings[1], "countersNotLoaded")
        lab.wait_for_alert(202)
        self.assert_article_steps(lab, [("regsvr32", ["/s", exchange.LIBRARY]),
                                        ("lodctr", ["imcperf.ini"])])
        self.assert_counters_whole(lab)
        lab.stop()


if __name__ == "__main__":
    main()
