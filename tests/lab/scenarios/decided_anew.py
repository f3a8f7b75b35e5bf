"""Failures that go on: what was left unrepaired is decided again when its time has come. What else leads to that is in
tests/core/decided_anew_test.cpp, under a clock that can be set."""

from scenario import Meanwhile, Scenario, main, policy, until


class FailingOn(Meanwhile):
    """A program asks for the counters every few seconds, and Perflib logs it each time: `with FailingOn(lab)`."""

    EVERY = 5

    def __init__(self, lab):
        super().__init__(self._fail)
        self.lab = lab

    def _fail(self):
        self.lab.perflib_event(form="classic", status=1003)
        while not self.is_told_to_end_within(self.EVERY):
            self.lab.perflib_event(form="classic", status=1003)


class DecidedAnew(Scenario):
    def decisions(self, lab, after=0):
        """Repairs and their end, and of a decision its word."""
        return [alert.strings[3] if alert.code == 200 else alert.code
                for alert in lab.alerts(after) if alert.code in range(200, 300)]

    def test_with_the_check_of_each_minute(self):
        self.side_by_side(lambda story: story(), self.failed_and_tried_again, self.told_and_then_allowed,
                          self.repaired_by_hand_and_failing_again)

    def failed_and_tried_again(self):
        """A repair that failed is tried again after the cool-down, while failures go on."""
        lab, before = self.broken_server(policy("repair", limits={"coolDown": "20s"}), "failed", lodctr={"fail": 183})
        with FailingOn(lab):
            failed = lab.wait_for_alert(203)
            self.assertTrue(lab.counters() == before, "rolled back, byte for byte")
            # What made lodctr fail has passed. Slow, so that no failure is still on its way when the counters are there:
            # one that comes after them disproves the repair.
            lab.settings(lodctr={"slow": 1000})
            lab.wait_for_alert(201, after=failed.number, timeout=120)
        repaired = lab.wait_for_alert(202, after=failed.number)
        self.assertEqual(self.decisions(lab)[:6], ["repair", 201, 203, "repair", 201, 202])
        again = next(alert for alert in lab.alerts(failed.number) if alert.code == 200)
        self.assertGreaterEqual(again.generated - failed.generated, 19)  # in whole seconds
        self.assertGreater(repaired.number, again.number)
        self.assert_counters_whole(lab)
        until(lambda: lab.saved_state()["incidents"] == [], "nothing is open")
        lab.stop()

    def told_and_then_allowed(self):
        """What was only told is repaired by a policy that came while the service was stopped."""
        lab, _ = self.failing_server(policy("alert"), "told")
        told = lab.wait_for_alert(200)
        lab.stop()
        lab.write_policy(policy("repair"))
        lab.start()
        lab.wait_for_alert(202, after=told.number, timeout=120)
        self.assertEqual(self.decisions(lab), ["alert", "repair", 201, 202])
        self.assert_counters_whole(lab)
        lab.stop()

    def repaired_by_hand_and_failing_again(self):
        """The service's repair failed, a person's beside it did not: a failure after that is decided for itself, at once."""
        lab, _ = self.failing_server(policy("repair"), "by_hand", lodctr={"fail": 183})
        lab.wait_for_alert(203)
        lab.settings()
        self.assertEqual(lab.imshealth("repair", "--force", timeout=300)[0], 0)
        repaired = lab.wait_for_alert(202)
        lab.break_("inconsistentCounters")
        lab.perflib_event(form="classic", status=1003)
        lab.wait_for_alert(204, after=repaired.number)
        self.assertEqual(self.decisions(lab), ["repair", 201, 203, 201, 202, "coolDown", 204])
        until(lambda: [(incident["verdict"], incident["events"]) for incident in lab.saved_state()["incidents"]]
              == [("coolDown", 1)], "the new incident alone is saved")
        lab.stop()


if __name__ == "__main__":
    main()
