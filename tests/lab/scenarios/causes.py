"""Every cause of the causes table on the real exe: how the server is broken, and what `imshealth check
--json` then finds. For some of them, what the service says and decides."""

import json
import re
import unittest

from scenario import ARCH, SERVICE, Lab, Scenario, exchange, held_open, main, policy

from lab import SOURCE

COPY = {"trustedCopy": exchange.TRUSTED_COPY}
VERSIONS = {"versions": ["5.5.1960.3"]}

# cause -> how it comes about: (fault of the lab, part of the evidence, can the repair cure it, the
# policy's word on the watch). The cause is the main finding each time.
CASES = {
    "untrustedPath": [("untrustedFolder", r"exchsrvr\\bin", False, {}),
                      ("libraryElsewhere", r"elsewhere\\imsperf.dll lies outside", False, {})],
    "clusterNode": [("clusterNode", "ClusSvc", False, {})],
    "terminalServerExecuteMode": [("terminalServer", "install mode", False, {})],
    "countersDisabled": [("countersDisabled", "Disable Performance Counters is 1", False, {})],
    "libraryUnreadable": [("truncated", "imsperf.dll", False, {}),
                          ("textFile", "imsperf.dll", False, {})],
    "libraryWrongMachine": [("otherMachine", "is made for", False, {}),
                            ("sixteenBit", "is made for", False, {})],
    "libraryExportMissing": [("noCollectExport", "CollectImcPerformanceData", False, {})],
    "dependencyMissing": [("absentDependency", "not found", False, {}),
                          ("openFails", "1003", False, {})],
    "counterFileMissing": [("counterFileMissing", r"imcperf.ini is not there", False, {})],
    "counterFileInvalid": [("counterFileInvalid", "imcperf.ini", False, {}),
                           ("languageWithoutTexts", "00C", False, {}),
                           ("symbolFileInvalid", "imcperf", False, {})],
    "symbolFileMissing": [("symbolFileMissing", "imcperf.h is not there", False, {})],
    "textFilesNotWritable": [("textFilesMissing", "perfc009.dat is not there", False, {}),
                             ("textFilesReadOnly", "perfc009.dat is read-only", False, {})],
    "counterRangeUnsafe": [("unsafeRange", "MSExchangeDS", False, {}),
                           ("rangeOfANeighbour", "MSExchangeDS", False, {}),
                           ("totalsAreZero", "Last", False, {}),
                           ("openSaysBadKey", "1010", False, {})],
    "openCrashed": [("openCrashes", "0xC0000005", False, {}),
                    ("openOverflowsStack", "at open", False, {}),
                    ("openExits", "at open", False, {})],
    "openTimedOut": [("openHangs", "did not return from open", False, {}),
                     ("openPrintsForEver", "did not return from open", False, {})],
    "accessDenied": [("openDenied", "5 ", False, {})],
    "providerNotReady": [("openNotReady", "21 ", False, {})],
    "unknown": [("openSaysInvalidParameter", "87 ", False, {})],
    "libraryMissing": [("missingLibrary", "imsperf.dll is not there", False, {}),
                       ("missingLibrary", "imsperf.dll is not there", True, COPY)],
    "libraryWrongVersion": [("otherVersion", r"5\.0\.1457\.3, right is 5\.5\.1960\.3", False,
                             VERSIONS),
                            ("otherVersion", r"5\.0\.1457\.3", True, VERSIONS | COPY)],
    "libraryDiffersFromTrustedCopy": [("otherVersion", "is not the same as", True, COPY)],
    "libraryNotRegistered": [("notRegistered", "Library, Open, Collect and Close", True, {})],
    "performanceKeyIncomplete": [("collectValueMissing", "Collect missing", True, {}),
                                 ("someIndexValuesMissing", "2 of First Counter", True, {})],
    "countersNotLoaded": [("missingCounters", "none of First Counter", True, {})],
    "countersInconsistent": [("inconsistentCounters", "9998", True, {})],
    "openFailed": [("openRefuses", "status 2 ", True, {})],
    # The last one: a service that was deleted does not come back.
    "serviceNotInstalled": [("serviceNotInstalled", "no service MSExchangeIMC", False, {})],
}
# For what hangs, and long enough for a loaded machine to start the probe and open what does not hang.
PROBE_TIMEOUT = "10s"
# What `check` cannot find, and why. Seen through the service below.
NOT_BY_CHECK = {
    "machineWideFault": "needs three watched services that fail within a minute; check looks at each "
                        "on its own",
}
# Findings that forbid to load the library: the probe is not run.
NO_PROBE = {"untrustedPath", "serviceNotInstalled", "countersDisabled", "libraryMissing",
            "libraryUnreadable", "libraryWrongMachine", "libraryExportMissing", "libraryNotRegistered"}
PROBE = {"openCrashed": "crashed", "openTimedOut": "timedOut", "accessDenied": "failed",
         "providerNotReady": "failed", "unknown": "failed", "openFailed": "failed"}


def causes_table():
    """code -> article, as core/causes.cpp has them."""
    text = (SOURCE / "core" / "causes.cpp").read_text("utf-8")
    rows = re.findall(r'\{Cause::(\w+), "(\w+)",\s*((?:"[^"]*"\s*,?\s*)+)', text)
    return {code: re.findall(r'"((?:Q|KB)\d+)"', strings) for _, code, strings in rows}


class EveryCause(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.lab = cls.enterClassContext(Lab(ARCH, "causes-check"))
        cls.lab.install(policy=policy("alert", limits={"probeTimeout": PROBE_TIMEOUT}), start=False)

    def check(self, watch):
        self.lab.write_policy(policy("alert", watch=dict(watch), limits={"probeTimeout": PROBE_TIMEOUT}))
        code, text = self.lab.imshealth("check", "--json", timeout=300)
        found = json.loads(text)
        service, = found["services"]
        self.assertEqual(service["counterService"], SERVICE)
        self.assertEqual(found["healthy"], service["healthy"])
        self.assertEqual(code, 0 if found["healthy"] else 1)
        return service

    def assert_found(self, service, cause, evidence, repairable):
        main_finding = service["findings"][0]
        said = json.dumps(service, indent=1)
        self.assertEqual(main_finding["cause"], cause, said)
        self.assertRegex(main_finding["evidence"], evidence)
        self.assertEqual(main_finding["repairable"], repairable, said)
        self.assertTrue(main_finding["remedy"])
        self.assertEqual([main_finding["article"]] if main_finding["article"] else [],
                         causes_table()[cause])

    def test_a_healthy_server_has_no_finding(self):
        exchange.heal(self.lab)
        service = self.check({})
        self.assertTrue(service["healthy"], service)
        self.assertEqual(service["findings"], [])
        self.assertEqual(service["probe"]["result"], "ok")

    def test_a_perflib_that_logs_nothing_is_told(self):
        """No finding: the counters open. But no 1008 would ever come (KB226494)."""
        exchange.heal(self.lab)
        self.lab.registry({exchange.PERFLIB: {"EventLogLevel": 0}})
        try:
            service = self.check({})
            self.assertTrue(service["healthy"], service)
            self.assertIn("KB226494", " ".join(service["remarks"]))
        finally:
            self.lab.registry({exchange.PERFLIB: {"EventLogLevel": None}})

    def test_each_cause_is_found(self):
        for cause, cases in CASES.items():
            for fault, evidence, repairable, watch in cases:
                with self.subTest(cause=cause, fault=fault, watch=watch):
                    exchange.heal(self.lab)
                    self.lab.break_(fault)
                    before = self.lab.counters()
                    service = self.check(watch)
                    self.assert_found(service, cause, evidence, repairable)
                    if cause in NO_PROBE:
                        self.assertEqual(service["probe"]["result"], "notRun")
                    if cause in PROBE:
                        self.assertEqual(service["probe"]["result"], PROBE[cause])
                    self.assertEqual(self.lab.counters(), before, "check changes nothing")
                    self.assertEqual(self.lab.processes("imshealth.exe"), [])
        self.assertEqual(self.lab.tool_runs(), [])

    def test_check_changes_nothing_on_the_server(self):
        exchange.heal(self.lab)
        self.lab.break_("inconsistentCounters")
        before = self.lab.everything()
        self.assertFalse(self.check({})["healthy"])
        self.assertEqual(self.lab.changes(before), [])

    def test_a_finding_beside_a_library_that_opens_is_explained(self):
        exchange.heal(self.lab)
        self.lab.break_("inconsistentCounters")
        self.lab.write_policy(policy("alert"))
        code, text = self.lab.imshealth("check")
        self.assertEqual(code, 1, text)
        self.assertIn("open probe: ok (the library opens; what is found above is wrong all the same)", text)

    def test_text_files_held_open(self):
        """Another program has perfc009.dat open and shares it with no writer (Q265870)."""
        exchange.heal(self.lab)
        with held_open(self.lab, "perfc009.dat"):
            self.assert_found(self.check({}), "textFilesNotWritable", "held open", False)

    def test_the_table_is_whole(self):
        self.assertEqual(set(CASES) | set(NOT_BY_CHECK), set(causes_table()))
        self.assertEqual(set(CASES) & set(NOT_BY_CHECK), set())


class TheService(Scenario):
    """Alert 200: one code and one word; 204 follows with the same word where it is not `repair`."""

    REFUSED = [("untrustedFolder", "untrustedPath", "untrustedPath"),
               ("countersDisabled", "countersDisabled", "notRepairable"),
               ("noCollectExport", "libraryExportMissing", "notRepairable"),
               ("absentDependency", "dependencyMissing", "notRepairable"),
               ("missingLibrary", "libraryMissing", "notRepairable"),
               ("symbolFileMissing", "symbolFileMissing", "notRepairable"),
               ("textFilesReadOnly", "textFilesNotWritable", "notRepairable"),
               ("unsafeRange", "counterRangeUnsafe", "notRepairable"),
               ("openCrashes", "openCrashed", "notRepairable"),
               ("openHangs", "openTimedOut", "notRepairable"),
               ("clusterNode", "clusterNode", "notRepairable"),
               ("serviceNotInstalled", "serviceNotInstalled", "notRepairable")]
    REPAIRED = [("notRegistered", "libraryNotRegistered"),
                ("collectValueMissing", "performanceKeyIncomplete"),
                ("someIndexValuesMissing", "performanceKeyIncomplete"),
                ("missingCounters", "countersNotLoaded"),
                ("inconsistentCounters", "countersInconsistent"),
                ("missingLibrary", "libraryMissing"),
                ("otherVersion", "libraryDiffersFromTrustedCopy")]
    LIMITS = {"coolDown": "10ms", "attempts": 100, "probeTimeout": PROBE_TIMEOUT}

    def hear(self, lab, status=2):
        begun = lab.last_record()
        lab.perflib_event(form="classic", status=status)
        return lab.wait_for_alert(200, after=begun, timeout=180)

    def test_what_the_repair_cannot_cure_is_only_told(self):
        lab = self.server()
        lab.install(policy=policy("repair", limits=self.LIMITS))
        lab.wait_for_alert(100)
        for fault, cause, word in self.REFUSED:
            with self.subTest(fault=fault):
                exchange.heal(lab)
                lab.break_(fault)
                before = lab.counters()
                told = self.hear(lab)
                self.assertEqual((told.strings[0], told.strings[1], told.strings[3], told.strings[4]),
                                 (SERVICE, cause, word, "2"), told.strings[2])
                reason = lab.wait_for_alert(204, after=told.number, timeout=180)
                self.assertEqual(reason.strings, [SERVICE, word])
                self.assertEqual(lab.counters(), before)
        self.assertEqual(lab.tool_runs(), [])
        lab.stop()

    def test_what_it_can_cure_is_repaired(self):
        lab = self.server()
        lab.install(policy=policy("repair", limits=self.LIMITS, watch=dict(COPY)))
        lab.wait_for_alert(100)
        for fault, cause in self.REPAIRED:
            with self.subTest(fault=fault):
                exchange.heal(lab)
                before = lab.counters()
                lab.break_(fault)
                told = self.hear(lab)
                self.assertEqual((told.strings[0], told.strings[1], told.strings[3]),
                                 (SERVICE, cause, "repair"), told.strings[2])
                done = lab.wait_for_alert(202, after=told.number, timeout=180)
                self.assertEqual(done.strings[0], SERVICE)
                self.assert_counters_whole(lab)
                self.assert_neighbours_untouched(before, lab.counters())
        self.assertEqual(lab.wine.drive_c(exchange.LIBRARY).read_bytes(),
                         lab.wine.drive_c(exchange.TRUSTED_COPY).read_bytes())
        lab.stop()

    def test_three_services_at_once_are_a_fault_of_the_machine(self):
        lab = self.server()
        lab.break_("inconsistentCounters")
        before = lab.counters()
        three = policy("repair")
        three["watch"] += [{"counterService": "MSExchangeDS"}, {"counterService": "MSExchangeIS"}]
        lab.install(policy=three)
        lab.wait_for_alert(100)
        lab.stop()  # so that all three are heard at once
        begun = lab.last_record()
        for service in (SERVICE, "MSExchangeDS", "MSExchangeIS"):
            lab.perflib_event(form="classic", service=service, status=2)
        lab.start()
        told, last = {}, begun
        while len(told) < 3:
            alert = lab.wait_for_alert(200, after=last, timeout=180)
            told[alert.strings[0]] = (alert.strings[1], alert.strings[3])
            last = alert.number
        self.assertEqual(told, {service: ("machineWideFault", "machineWideFault")
                                for service in (SERVICE, "MSExchangeDS", "MSExchangeIS")})
        lab.stop()
        self.assertEqual(lab.tool_runs(), [])
        self.assertEqual(lab.counters(), before)


if __name__ == "__main__":
    main()
