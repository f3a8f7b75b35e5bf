"""The service is killed in the middle of a repair, at moments that the lab's journal and the state file
show. The next start completes the repair or puts everything back, and says so."""

import contextlib
import os

from scenario import SERVICE, Scenario, exchange, held_open, main, policy, until

HANG = {"misbehave": "hang"}
# moment -> what the tools are ordered to do, and the tool (with its stage) in whose run it is. The tool
# waits there.
MOMENTS = {
    "regsvr32 has begun": ({"regsvr32": HANG}, "regsvr32", None),
    "unlodctr has begun": ({"unlodctr": HANG}, "unlodctr", None),
    "unlodctr has removed the names": ({"unlodctr": {"stopAt": "names"}}, "unlodctr", "names"),
    "unlodctr has removed the texts": ({"unlodctr": {"stopAt": "texts"}}, "unlodctr", "texts"),
    "unlodctr has lowered the totals": ({"unlodctr": {"stopAt": "totals"}}, "unlodctr", "totals"),
    "unlodctr has removed the range": ({"unlodctr": {"stopAt": "range"}}, "unlodctr", "range"),
    "lodctr has begun": ({"lodctr": {"stopAt": "begun"}}, "lodctr", "begun"),
    "lodctr has written the names": ({"lodctr": {"stopAt": "names"}}, "lodctr", "names"),
    "lodctr has written the texts": ({"lodctr": {"stopAt": "texts"}}, "lodctr", "texts"),
    "lodctr has raised the totals": ({"lodctr": {"stopAt": "totals"}}, "lodctr", "totals"),
    "lodctr has written the range": ({"lodctr": {"stopAt": "range"}}, "lodctr", "range"),
}
POLICY = policy("repair", limits={"coolDown": "10ms", "attempts": 100, "commandTimeout": "1h"})


class Kill(Scenario):
    def kill(self, lab):
        """The service and the tool that it waits for, as a power failure would. Wine's SCM does not
        notice, and starts the service again all the same."""
        lab.kill()
        for program in ("imshealth.exe", "regsvr32.exe", "unlodctr.exe", "lodctr.exe"):
            for pid in lab.processes(program):  # those whose job has not ended them yet
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, 9)
            until(lambda name=program: lab.processes(name) == [], f"{program} has ended")

    def assert_completed_or_undone(self, lab, before, after):
        """By alert 202 or 203, and by the counters themselves."""
        end = until(lambda: next((each for each in lab.alerts(after) if each.code in (202, 203)), None),
                    "the repair is taken up after the restart")
        self.assertEqual(end.strings[0], SERVICE)
        if end.code == 203:
            self.assertEqual(end.strings[3], "yes", end.strings)
            self.assertEqual(lab.counters(), before)
        else:
            self.assert_counters_whole(lab)
        self.assert_neighbours_untouched(before, lab.counters())
        until(lambda: lab.saved_state()["journal"] is None, "the journal is closed")
        return end.code

    def test_at_each_moment_of_the_tools(self):
        lab = self.server()
        lab.install(policy=POLICY)
        lab.wait_for_alert(100)
        codes = {}
        for moment, (faults, tool, stage) in MOMENTS.items():
            with self.subTest(moment=moment):
                exchange.heal(lab)
                lab.break_("inconsistentCounters")
                lab.settings(**faults)
                lab.forget_journal()
                before = lab.counters()
                lab.perflib_event(form="classic", status=1003)
                lab.until_tool(tool, stage)
                self.assertEqual(lab.saved_state()["journal"]["counterService"], SERVICE)
                self.kill(lab)
                lab.settings()
                killed = lab.last_record()
                lab.start()
                codes[moment] = self.assert_completed_or_undone(lab, before, killed)
        # Before lodctr has done its work there is nothing that could be proved.
        undone = {moment for moment, code in codes.items() if code == 203}
        self.assertEqual(set(MOMENTS) - undone - {"lodctr has written the range"}, set())
        lab.stop()

    def test_while_it_is_verified(self):
        lab, before = self.failing_server(POLICY | {"verify": {"watchFor": "1h"}})
        until(lambda: (lab.saved_state()["journal"] or {}).get("intent") == "verify",
              "the repair is verified")
        self.kill(lab)
        lab.write_policy(POLICY)
        killed = lab.last_record()
        lab.start()
        self.assertEqual(self.assert_completed_or_undone(lab, before, killed), 202)
        lab.stop()

    def test_while_it_is_rolled_back(self):
        """Another program holds the help texts open, so that the roll-back cannot end by itself."""
        lab, before = self.failing_server(POLICY, unlodctr={"stopAt": "totals"})
        lab.until_tool("unlodctr", "totals")
        with held_open(lab, "perfh009.dat"):
            for pid in lab.processes("unlodctr.exe"):
                os.kill(pid, 9)
            until(lambda: (lab.saved_state()["journal"] or {}).get("rollingBack"),
                  "the repair is rolled back")
            self.kill(lab)
        lab.settings()
        killed = lab.last_record()
        lab.start()
        self.assertEqual(self.assert_completed_or_undone(lab, before, killed), 203)
        lab.stop()


if __name__ == "__main__":
    main()
