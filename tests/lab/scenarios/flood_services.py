"""Several counter services fail at once: each is an incident of its own, until it is the machine."""

from scenario import APIS, SharedServers, main, policy

SERVICES = ["MSExchangeIMC", "MSExchangeIS", "MSExchangeMTA"]


class FloodServices(SharedServers):
    @staticmethod
    def install(lab):
        lab.settings(imsperf={"open": 1003}, mdbperf={"open": 1003}, mtaperf={"open": 1003})
        lab.install(start=False)

    def decisions_on(self, mode, services, api):
        """The alerts 200 when these services fail at once, 500 times each."""
        lab = self.fresh(api, start=False)
        lab.write_policy(policy(mode, api) | {"watch": [{"counterService": each}
                                                        for each in SERVICES]})
        lab.start()
        lab.wait_for_alert(100)
        lab.flood(failures=500 * len(services), others=500, services=",".join(services))
        lab.until_busy(lambda: self.codes(lab).count(200) == len(services), "each service's alert")
        lab.until_read(lab.last_record())
        self.assertEqual({each["counterService"]: each["events"]
                          for each in lab.status()["incidents"]}, dict.fromkeys(services, 500))
        self.assertEqual(lab.tool_runs(), [])
        return [each.strings for each in lab.alerts() if each.code == 200]

    def test_two_services_make_two_incidents(self):
        def play(api):
            opened = self.decisions_on("alert", SERVICES[:2], api)
            self.assertEqual(sorted(each[0] for each in opened), SERVICES[:2])
            self.assertNotIn("machineWideFault", [each[1] for each in opened])
        self.side_by_side(play, *APIS)

    def test_three_services_are_a_fault_of_the_machine(self):
        def play(api):
            opened = self.decisions_on("repair", SERVICES, api)
            self.assertEqual(sorted(each[0] for each in opened), SERVICES)
            self.assertEqual([(each[1], each[3]) for each in opened],
                             3 * [("machineWideFault", "machineWideFault")])
        self.side_by_side(play, *APIS)


if __name__ == "__main__":
    main()
