"""Nothing that is still in the log is lost, whether the service or the event log service was away."""

from scenario import APIS, SERVICE, Scenario, SharedServers, main, policy, until


class Stopped(SharedServers):
    def test_events_written_while_stopped_are_handled_once(self):
        def play(api):
            lab = self.fresh(api)
            lab.stop()
            begun = lab.last_record()
            lab.perflib_event(form="classic", status=1003, count=3)
            lab.start()
            alert = lab.wait_for_alert(200, after=begun)
            self.assertEqual(alert.strings[0], SERVICE)
            lab.stop()
            lab.start()
            lab.wait_for_alert(100, after=alert.number)
            lab.until_read(alert.number)
            self.assertEqual([(each["counterService"], each["events"])
                              for each in lab.status()["incidents"]], [(SERVICE, 3)])
            self.assertEqual(self.codes(lab, begun), [200])
        self.side_by_side(play, *APIS)


class LogService(Scenario):
    """The event log service is away. What the service has to say meanwhile it says afterwards."""

    def server_with(self, api, name):
        lab = self.server(f"{name}-{api}")
        lab.break_("openFails")
        lab.install(policy=policy("alert", api, limits={"coolDown": "10ms"}), start=False)
        return lab

    def waiting_alerts(self, lab):
        return [each["id"] for each in lab.saved_state().get("pendingAlerts", [])]

    def starts_late_then_goes_and_comes_back(self, api):
        lab = self.server_with(api, "late")
        begun = lab.last_record()
        lab.store.service_down(1722)
        lab.start()
        until(lambda: 320 in self.waiting_alerts(lab), "the failure to read noticed")
        lab.store.service_up()
        lab.perflib_event(status=1003)
        decided = lab.wait_for_alert(200, after=begun, timeout=90)
        self.assertEqual([each.code for each in lab.alerts(begun)], [100, 320, 321, 200])

        # Nobody notifies a reader of this; the minute's safety check finds it.
        lab.store.service_down(1717)
        until(lambda: 320 in self.waiting_alerts(lab), "the failure to read noticed", 100)
        lab.store.service_up()
        lab.perflib_event(status=1003)
        lab.wait_for_alert(200, after=decided.number, timeout=90)
        said = lab.alerts(decided.number)
        self.assertEqual([each.code for each in said], [320, 321, 200])
        self.assertIn("1717", said[0].strings[1])
        lab.stop()

    def restarts_unnoticed(self, api):
        """Handles of before are stale (error 6), and their notification never comes again."""
        lab = self.server_with(api, "restart")
        lab.start()
        started = lab.wait_for_alert(100)
        lab.until_read(started.number)
        lab.store.service_down(1722)
        lab.store.service_up()
        lab.perflib_event(status=1003)
        lab.wait_for_alert(200, after=started.number, timeout=100)
        self.assertEqual([each.code for each in lab.alerts(started.number)], [200])
        lab.stop()

    def test_event_log_service_away(self):
        self.side_by_side(lambda case: case[0](case[1]),
                          *[(play, api) for api in APIS
                            for play in (self.starts_late_then_goes_and_comes_back,
                                         self.restarts_unnoticed)])


if __name__ == "__main__":
    main()
