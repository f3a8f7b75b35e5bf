"""In mode alert the service says what is wrong and changes nothing on the server."""

from scenario import APIS, SERVICE, Scenario, main, policy


class AlertMode(Scenario):
    def hears_and_changes_nothing(self, api):
        lab, _ = self.broken_server(policy("alert", api))
        started = lab.said(100)
        self.assertEqual(started.strings[1], "alert")
        self.assertEqual(started.strings[3], api)
        before = lab.everything()

        lab.perflib_event(form="classic", status=1003)

        alert = lab.wait_for_alert(200)
        service, cause, _, decision, status = alert.strings
        self.assertEqual((service, cause, decision, status),
                         (SERVICE, "countersInconsistent", "alert", "1003"), alert.strings[2])
        self.assertEqual(alert.type, 2)
        lab.stop()
        self.assertEqual(lab.alerts()[-1].code, 101)
        self.assertEqual(lab.tool_runs(), [])
        self.assertEqual(lab.changes(before), [])
        self.assertEqual([each.code for each in lab.alerts(alert.number)], [101])

    def test_classic(self):
        self.hears_and_changes_nothing("classic")

    if "winevt" in APIS:
        def test_winevt(self):
            self.hears_and_changes_nothing("winevt")


if __name__ == "__main__":
    main()
