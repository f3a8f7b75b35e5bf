"""Nothing that is still in the log is lost, whether the service or the event log service was away."""

import sys
import time

from scenario import APIS, ARCH, SERVICE, Scenario, SharedServers, main, policy, until


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
    """The event log service is away, and what the service has to say meanwhile it says afterwards; or it is there and
    does not tell of each event."""

    # Between two notifications of NT 4.0 and Windows 2000.
    INTERVAL = 5.0

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

    def notifies_seldom(self, api):
        """NT 4.0 and Windows 2000 notify once in five seconds, by PulseEvent. What comes in between nobody tells of:
        the minute's safety check finds it."""
        lab = self.server(f"seldom-{api}")
        lab.break_("openFails")
        rules = policy("alert", api)
        rules["watch"].append({"counterService": "MSExchangeDS"})
        lab.install(policy=rules, start=False)
        lab.store.set(notifyInterval=1000 * self.INTERVAL, notifyPulse=ARCH == "x86")
        lab.start()
        lab.wait_for_alert(100)
        # Else the first proof of hearing, a minute after the start, would wake the service.
        self.assertEqual(lab.imshealth("status", "--prove")[0], 0)
        begun = lab.last_record()
        # The two waits are what is tested: until the log may notify once more, and between two failures within one
        # interval. But for the first one's alert, nothing else is written until the second is found.
        time.sleep(self.INTERVAL + 1)
        lab.perflib_event(form="classic", status=1003)
        time.sleep(1)
        lab.perflib_event(form="classic", service="MSExchangeDS", status=1003)
        for service in (SERVICE, "MSExchangeDS"):
            until(lambda: any(each.code == 200 and each.strings[0] == service for each in lab.alerts(begun)),
                  f"{service} decided", 90)
        self.assertEqual([each.code for each in lab.alerts(begun)], [200, 200])
        first, second = (each.file_time / 1e7 for each in lab.store.events(begun) if each.source == "Perflib")
        found = {each["counterService"]: each for each in lab.saved_state()["incidents"]}
        self.assertEqual({name: each["events"] for name, each in found.items()}, {SERVICE: 1, "MSExchangeDS": 1})
        apart = (found["MSExchangeDS"]["since"] - found[SERVICE]["since"]) / 1000
        if second - first < self.INTERVAL:
            self.assertGreater(apart, self.INTERVAL, "the log has told of both")
        else:
            print(f"{second - first:.1f} s between the failures, the log has told of both: not judged", file=sys.stderr)
        lab.stop()

    def test_event_log_service_away_or_silent(self):
        self.side_by_side(lambda case: case[0](case[1]), (self.notifies_seldom, "classic"),
                          *[(play, api) for api in APIS
                            for play in (self.starts_late_then_goes_and_comes_back,
                                         self.restarts_unnoticed)])


if __name__ == "__main__":
    main()
