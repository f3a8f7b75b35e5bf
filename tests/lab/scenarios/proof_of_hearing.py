"""A quiet log and a deaf service look alike; an event of the service's own tells them apart."""

import json

from scenario import APIS, Scenario, main, policy


class ProofOfHearing(Scenario):
    def proved(self, api):
        lab = self.server(api)
        lab.install(policy=policy("alert", api))
        lab.wait_for_alert(100)
        begun = lab.last_record()

        code, text = lab.imshealth("status", "--prove", "--json")
        self.assertEqual(code, 0, text)
        hearing = json.loads(text)["hearing"]
        self.assertIsNone(hearing["lostSince"])
        self.assertFalse(hearing["underWay"])
        self.assertIsInstance(hearing["heard"], str)
        self.assertGreaterEqual(hearing["latencyMilliseconds"], 0)
        self.assertLess(hearing["ageSeconds"], 60)
        lab.wait_for_alert(900, after=begun)
        self.assertEqual(lab.alerts(begun), [], "it leads to nothing else")
        self.assertIn("latency", lab.imshealth("status")[1])

        lab.stop()
        ended = lab.last_record()
        code, _ = lab.imshealth("status", "--prove")
        self.assertEqual(code, 1, "a stopped service hears nothing")
        self.assertEqual(lab.last_record(), ended, "and nothing was written for it")

    def test_the_event_comes_back(self):
        self.side_by_side(self.proved, *APIS)


if __name__ == "__main__":
    main()
