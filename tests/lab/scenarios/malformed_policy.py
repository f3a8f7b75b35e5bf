"""A policy that cannot be read never stops the service: it says why and runs in mode alert."""

from scenario import BROKEN, SERVICE, Scenario, main


class MalformedPolicy(Scenario):
    def test_service_says_why_and_only_alerts(self):
        lab, before = self.broken_server(BROKEN)
        refused = lab.wait_for_alert(110)
        self.assertEqual(refused.strings[0].lower(), "c:\\programdata\\imshealth\\policy.json")
        self.assertEqual(refused.strings[1], "3:11")
        self.assertIn("repare", refused.strings[2])
        self.assertEqual(lab.said(100).strings[1], "alert")
        lab.perflib_event(form="manifest", status=1003)
        alert = lab.wait_for_alert(200)
        self.assertEqual((alert.strings[0], alert.strings[3]), (SERVICE, "alert"))
        lab.stop()
        self.assertEqual(lab.tool_runs(), [])
        self.assertEqual(lab.counters(), before)
        self.assertEqual((lab.data / "policy.json").read_bytes(), BROKEN)


if __name__ == "__main__":
    main()
