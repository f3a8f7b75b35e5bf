"""Floods: nothing is lost, nothing is counted twice, and they stay one incident."""

import os
import random
import time

from scenario import APIS, SERVICE, SharedServers, main
from process import working_set

SEED = int(os.environ.get("LAB_SEED", "1008"))
LARGEST_WORKING_SET = 16 << 20


class Flood(SharedServers):
    def incidents(self, lab):
        return [(each["counterService"], each["events"]) for each in lab.status()["incidents"]]

    def test_twenty_thousand_failures_among_others_are_one_incident(self):
        def play(api):
            lab = self.fresh(api)
            lab.store.set(maxBytes=120 << 20)
            _, last = lab.flood(failures=20000, others=200000, seed=SEED, burst=256)
            lab.wait_for_alert(200, timeout=180)
            lab.until_read(last, timeout=180)
            self.assertEqual(self.incidents(lab), [(SERVICE, 20000)])
            self.assertEqual(self.codes(lab), [200])
            memory = working_set(lab.service_process())
            self.assertLessEqual(memory.own, LARGEST_WORKING_SET, memory)
        self.side_by_side(play, *APIS)

    def test_killed_during_a_flood(self):
        """Each life ends at a random moment (kill -9); every failure is counted once all the same."""
        def play(api):
            chance = random.Random(f"{SEED} {api}")
            lab = self.fresh(api)
            end = lab.flooding(failures=4000, others=16000, seed=SEED, burst=20, pause=10)
            told_twice, begun = 0, 0
            moments = []
            for _ in range(6):
                moments.append(chance.uniform(0.0, 3.0))
                time.sleep(moments[-1])  # the moment is what is drawn, nothing is waited for
                lab.kill()
                # Between telling and remembering that it was told: rather twice than never.
                told_twice += lab.said(200, after=begun) is not None and not self.decided(lab)
                begun = lab.last_record()
                lab.start_again()
            _, last = end()
            lab.until_read(last)
            lab.wait_for_alert(200)
            lab.until_busy(lambda: self.decided(lab), "the decision remembered")
            told = f"killed {moments} s after its start, LAB_SEED={SEED}"
            self.assertEqual(self.incidents(lab), [(SERVICE, 4000)], told)
            self.assertEqual(self.codes(lab), [200] * (1 + told_twice), told)
        self.side_by_side(play, *APIS)

    def decided(self, lab):
        return any(each["verdict"] for each in lab.saved_state().get("incidents", []))


if __name__ == "__main__":
    main()
