"""The log is cleared or wraps, while the service runs and while it does not. Nothing that is still in
the log is lost, and what may be lost is said once, with its record numbers where they are known."""

from scenario import APIS, SERVICE, SharedServers, main

# Each failure after the last one is an incident of its own.
SHORT = {"limits": {"coolDown": "10ms"}}


class LogChanges(SharedServers):
    def fresh(self, api, start=True, **more):
        lab = super().fresh(api, start, **SHORT, **more)
        # The numbers begin at 1 again up to 2003, and go on from Vista on.
        lab.store.set(clearRestarts=api == "classic")
        return lab

    def fail_and_hear(self, lab):
        """A failure that is heard and decided."""
        before = lab.last_record()
        lab.perflib_event(status=1003)
        return lab.until_busy(lambda: lab.said(200, before), "alert 200")

    def until_all_read(self, lab):
        lab.until_busy(lambda: lab.position() >= lab.last_record(), "the whole log read")
        return lab.position()

    def assert_said(self, lab, *codes):
        self.assertEqual(self.codes(lab), list(codes), lab.alerts())

    def test_cleared_while_running(self):
        def play(api):
            lab = self.fresh(api)
            self.fail_and_hear(lab)
            lab.clear_log()
            lab.perflib_event(status=1003)
            loss = lab.until_busy(lambda: lab.said(300), "alert 300")
            self.assertIn("cleared", loss.strings[3])
            lab.until_busy(lambda: lab.said(200), "alert 200")
            self.until_all_read(lab)
            self.assert_said(lab, 300, 200)
        self.side_by_side(play, *APIS)

    def test_cleared_while_stopped(self):
        def play(api):
            lab = self.fresh(api)
            self.fail_and_hear(lab)
            lab.stop()
            lab.clear_log()
            lab.perflib_event(status=1003, count=3)
            lab.start()
            self.assertIn("cleared", lab.wait_for_alert(300).strings[3])
            self.assertEqual(lab.wait_for_alert(200).strings[0], SERVICE)
            lab.stop()
            lab.start()
            lab.wait_for_alert(100, after=lab.said(101).number)
            self.until_all_read(lab)
            self.assert_said(lab, 300, 200)
        self.side_by_side(play, *APIS)

    def test_overwritten_unread_while_stopped(self):
        def play(api):
            lab = self.fresh(api)
            lab.flood(others=50)
            self.until_all_read(lab)
            lab.stop()
            read = lab.position()
            lab.store.set(maxRecords=40)
            lab.flood(others=100)
            lab.perflib_event(status=1003)
            lab.start()
            loss = lab.wait_for_alert(300)
            # The alert of the start was the last record before the log was judged.
            oldest = lab.said(100).number - 40 + 1
            self.assertEqual(loss.strings[1:3], [str(read + 1), str(oldest - 1)])
            lab.wait_for_alert(200)
            self.assert_said(lab, 300, 200)
        self.side_by_side(play, *APIS)

    def test_overwritten_unread_while_running(self):
        def play(api):
            lab = self.fresh(api)
            lab.store.set(maxRecords=100)
            read = self.until_all_read(lab)
            lab.flood(others=400, burst=400)
            loss = lab.until_busy(lambda: lab.said(300), "alert 300")
            oldest = loss.number - 100
            self.assertEqual(loss.strings[1:3], [str(read + 1), str(oldest - 1)])
            self.fail_and_hear(lab)
            self.assert_said(lab, 300, 200)
        self.side_by_side(play, *APIS)

    def test_overwriting_what_was_read_is_no_loss_while_stopped(self):
        def play(api):
            lab = self.fresh(api)
            lab.flood(others=50)
            self.until_all_read(lab)
            lab.stop()
            lab.store.set(maxRecords=lab.store.next - lab.store.oldest)
            oldest = lab.store.oldest
            lab.perflib_event(status=1003, count=3)
            lab.start()
            lab.wait_for_alert(200)
            self.assertGreater(lab.store.oldest, oldest)
            self.assert_said(lab, 200)
        self.side_by_side(play, *APIS)

    def test_overwriting_what_was_read_is_no_loss_while_running(self):
        def play(api):
            lab = self.fresh(api)
            lab.store.set(maxRecords=60)
            for _ in range(3):
                lab.flood(others=40)
                self.until_all_read(lab)
            self.fail_and_hear(lab)
            self.assertGreater(lab.store.oldest, 60)
            self.assert_said(lab, 200)
        self.side_by_side(play, *APIS)


if __name__ == "__main__":
    main()
