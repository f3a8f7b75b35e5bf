"""Nothing that is still in the log is lost, and what may be lost is said."""

from scenario import APIS, SERVICE, Scenario, main, policy


class Hearing(Scenario):
    def test_events_written_while_stopped_are_handled_once(self):
        for api in APIS:
            with self.subTest(api=api):
                lab = self.server(api)
                lab.break_("openFails")
                lab.install(policy=policy("alert", api))
                lab.wait_for_alert(100)
                lab.stop()
                begun = lab.last_record()
                lab.perflib_event(form="classic", status=1003, count=3)
                lab.start()
                alert = lab.wait_for_alert(200, after=begun)
                self.assertEqual(alert.strings[0], SERVICE)
                lab.stop()
                lab.start()
                lab.wait_for_alert(100, after=alert.number)
                lab.stop()
                self.assertEqual([each.code for each in lab.alerts(begun)].count(200), 1)

    def test_cleared_log_is_said_and_hearing_goes_on(self):
        for api in APIS:
            with self.subTest(api=api):
                lab = self.server(api)
                lab.break_("openFails")
                lab.install(policy=policy("alert", api))
                lab.wait_for_alert(100)
                lab.clear_log()
                lab.perflib_event(form="classic", status=1003)
                lab.wait_for_alert(300)
                lab.wait_for_alert(200)
                lab.stop()

    def test_event_log_service_gone_and_back(self):
        for api in APIS:
            with self.subTest(api=api):
                lab = self.server(api)
                lab.break_("openFails")
                lab.install(policy=policy("alert", api))
                lab.wait_for_alert(100)
                lab.store.service_down(1722)
                lab.wine.run("labevent", "wake")
                lab.perflib_event(form="classic", status=1003)
                lab.store.service_up()
                # Without a notification the minute's safety check finds the stale handle.
                lab.wait_for_alert(200, timeout=100)
                lab.stop()


if __name__ == "__main__":
    main()
