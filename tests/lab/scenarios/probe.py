"""Whatever a counter library does when it is opened, only the child of the open probe ends; the service
goes on, and no child is left."""

from scenario import SERVICE, Scenario, main, policy

# What the library does, in which of its procedures -> cause, and the stage that the evidence names.
FAULTS = [
    ({"open": "hang"}, "openTimedOut", "open"),
    ({"collect": "hang"}, "openTimedOut", "collect"),
    ({"close": "hang"}, "openTimedOut", "close"),
    ({"dllMain": "hang"}, "openTimedOut", "load"),
    ({"open": "endlessOutput"}, "openTimedOut", "open"),
    ({"open": "crash"}, "openCrashed", "open"),
    ({"collect": "crash"}, "openCrashed", "collect"),
    ({"open": "stackOverflow"}, "openCrashed", "open"),
    ({"open": "exitProcess"}, "openCrashed", "open"),
    ({"close": "exitProcess"}, "openCrashed", "close"),
    ({"dllMain": "fail"}, "dependencyMissing", "load"),
    ({"collect": "21"}, "providerNotReady", "collect"),
]


class Probe(Scenario):
    def test_only_the_child_ends(self):
        servers = 3
        self.side_by_side(self.play, *(FAULTS[first::servers] for first in range(servers)))

    def play(self, cases):
        lab = self.server("-".join(stage for _, _, stage in cases))
        before = lab.counters()
        # Long enough for a loaded machine to start the probe and to open what does not hang.
        lab.install(policy=policy("repair", limits={"coolDown": "10ms", "attempts": 100,
                                                    "probeTimeout": "10s"}))
        lab.wait_for_alert(100)
        service, = lab.processes("imshealth.exe")
        for faults, cause, stage in cases:
            lab.settings(imsperf=faults)
            begun = lab.last_record()
            lab.perflib_event(form="classic", status=2)
            told = lab.wait_for_alert(200, after=begun, timeout=240)
            self.assertEqual((told.strings[0], told.strings[1]), (SERVICE, cause), (faults, told.strings))
            self.assertIn(stage, told.strings[2], faults)
            self.assertEqual(lab.processes("imshealth.exe"), [service], faults)
            lab.settings()
            lab.perflib_event(form="classic", status=2)
            lab.wait_for_alert(206, after=told.number, timeout=240)
        self.assertEqual(lab.processes("imshealth.exe"), [service])
        lab.stop()
        self.assertEqual(lab.tool_runs(), [])
        self.assertEqual(lab.counters(), before)

    def test_an_image_for_another_processor_is_not_loaded(self):
        for fault in ("otherMachine", "sixteenBit", "truncated", "textFile"):
            with self.subTest(fault=fault):
                lab = self.server(fault)
                lab.break_(fault)
                lab.install(policy=policy("repair"))
                lab.wait_for_alert(100)
                service, = lab.processes("imshealth.exe")
                lab.perflib_event(form="classic", status=193)
                told = lab.wait_for_alert(200)
                self.assertIn(told.strings[1], ("libraryWrongMachine", "libraryUnreadable"))
                self.assertEqual(lab.wait_for_alert(204).strings, [SERVICE, "notRepairable"])
                self.assertEqual(lab.processes("imshealth.exe"), [service])
                lab.stop()
                self.assertEqual(lab.tool_runs(), [])


if __name__ == "__main__":
    main()
