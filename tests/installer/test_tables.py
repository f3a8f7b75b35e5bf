"""What can be read off the finished MSI without installing it.

    test_tables.py x64|x86 BUILD_FOLDER VERSION
"""

import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
ARCH, BUILD, VERSION = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3]
MSI = BUILD / f"imshealth-{ARCH}.msi"
FAMILY = "{5B1E0C4D-6C0F-4F4B-9E55-3B8C6D1A2F70}"


def run(*words):
    return subprocess.run([str(word) for word in words], check=True, capture_output=True).stdout


def table(name, package=MSI):
    lines = run("msiinfo", "export", package, name).decode("utf-8").replace("\r", "").splitlines()
    names = lines[0].split("\t")
    return [dict(zip(names, line.split("\t"))) for line in lines[3:]]


def sequence(name="InstallExecuteSequence"):
    rows = sorted(table(name), key=lambda row: int(row["Sequence"]))
    return [row["Action"] for row in rows]


class Tables(unittest.TestCase):
    def properties(self):
        return {row["Property"]: row["Value"] for row in table("Property")}

    def test_the_version_is_the_one_of_the_project(self):
        self.assertEqual(self.properties()["ProductVersion"], VERSION)
        self.assertIn(f"IMS Health Monitor {VERSION} ({ARCH})", run("msiinfo", "suminfo", MSI).decode())

    def test_both_machine_types_are_one_family(self):
        self.assertEqual(self.properties()["UpgradeCode"], FAMILY)
        rows = {row["ActionProperty"]: row for row in table("Upgrade")}
        self.assertEqual({row["UpgradeCode"] for row in rows.values()}, {FAMILY})
        # Up to and including this version is replaced: the same version of the other machine type too.
        self.assertEqual((rows["OLDERFOUND"]["VersionMax"], int(rows["OLDERFOUND"]["Attributes"]) & 512),
                         (VERSION, 512))
        # Above is only detected, and refused.
        self.assertEqual((rows["NEWERFOUND"]["VersionMin"], int(rows["NEWERFOUND"]["Attributes"]) & 258),
                         (VERSION, 2))

    def test_a_refusal_says_why(self):
        texts = {row["Condition"]: row["Description"] for row in table("LaunchCondition")}
        self.assertTrue(texts["Installed OR NOT NEWERFOUND"].startswith(
            f"A newer version of IMS Health Monitor is installed. Version {VERSION} does not replace it"))
        self.assertEqual(len(texts), 4)
        if ARCH == "x86":  # its files would be redirected, its registry not
            self.assertTrue(any("VersionNT64 < 600" in condition for condition in texts))
        for text in texts.values():
            self.assertTrue(text.endswith("."))

    def test_the_order_keeps_everything_inside_the_transaction(self):
        order = sequence()
        wanted = ["FindRelatedProducts", "LaunchConditions", "AppSearch", "SetLastFolder", "CostFinalize", "SetInstallLocation",
                  "InstallInitialize", "RemoveExistingProducts", "StopServices", "AwaitStop",
                  "DeleteServices", "RemoveFiles", "InstallFiles", "WriteRegistryValues",
                  "InstallServices", "PrepareServer", "StartServices", "InstallFinalize"]
        self.assertEqual([action for action in order if action in wanted], wanted)
        self.assertNotIn("DisableRollback", order)

    def test_the_last_folder_is_found_before_the_default_is_settled_with_every_interface(self):
        wanted = ["LaunchConditions", "AppSearch", "SetLastFolder", "CostFinalize", "ExecuteAction"]
        self.assertEqual([action for action in sequence("InstallUISequence") if action in wanted], wanted)

    def test_an_upgrade_keeps_the_service(self):
        condition, = (row["Condition"] for row in table("InstallExecuteSequence")
                      if row["Action"] == "DeleteServices")
        self.assertIn("NOT UPGRADINGPRODUCTCODE", condition)

    def test_the_server_is_never_restarted(self):
        self.assertEqual(self.properties()["REBOOT"], "ReallySuppress")
        for action in ("ForceReboot", "ScheduleReboot"):
            self.assertNotIn(action, sequence())

    def test_nothing_of_the_package_lies_in_the_data_folder(self):
        names = [row["FileName"].split("|")[-1] for row in table("File")]
        for name in ("policy.json", "state.json"):
            self.assertNotIn(name, names)
        self.assertNotIn("CommonAppDataFolder", {row["Directory"] for row in table("Directory")})

    def test_what_a_user_may_pass_to_an_elevated_installer_changes_nothing(self):
        allowed = set(self.properties()["SecureCustomProperties"].split(";"))
        self.assertEqual(allowed, {"OLDERFOUND", "NEWERFOUND"})
        asked = {row["Action"]: row["Condition"] for row in table("InstallExecuteSequence")
                 if row["Action"].startswith(("SetMode", "SetPolicy"))}
        self.assertEqual(set(asked), {"SetMode", "SetPolicy", "SetModeAndPolicy"})
        for condition in asked.values():
            self.assertIn("NOT Installed", condition)

    def test_it_suits_the_windows_installer_of_the_oldest_system(self):
        summary = run("msiinfo", "suminfo", MSI).decode()
        self.assertIn({"x86": "Version: 110 ", "x64": "Version: 200 "}[ARCH], summary)
        self.assertIn({"x86": "Template: Intel;1033", "x64": "Template: x64;1033"}[ARCH], summary)
        for row in table("File") + [row for row in table("Directory") if "|" in row["DefaultDir"]]:
            short = (row.get("FileName") or row["DefaultDir"]).split("|")[0]
            self.assertRegex(short, r"^[\w~]{1,8}(\.\w{1,3})?$")
        bits = {int(row["Attributes"]) & 256 for row in table("Component")}
        self.assertEqual(bits, {256 if ARCH == "x64" else 0})

    def test_the_notices_of_the_libraries_inside_the_exe_go_along(self):
        self.assertIn("THIRD-PARTY.txt", [row["FileName"].split("|")[-1] for row in table("File")])
        notices = (ROOT / "installer" / "THIRD-PARTY.txt").read_text("utf-8")
        linked = re.findall(r"^imshealth_(?:link_headers\(|copy_headers_without\(\s*\".*\"\s*)(\w+)",
                            (ROOT / ".cmake" / "ThirdParty.cmake").read_text("utf-8"), re.MULTILINE)
        self.assertLessEqual({"boost", "CLI"}, set(linked))
        titles = {title.split("/")[0].split(" ")[0].lower().removesuffix("11")
                  for title in re.findall(r"^-{80}\n(.+)", notices, re.MULTILINE)}
        self.assertLessEqual({name.lower() for name in linked}, titles)
        for said in ("Boost Software License - Version 1.0", "University of Cincinnati", "Tristan Penman",
                     "Niels Lohmann", "Gabi Melman", "Victor Zverovich", "mingw-w64 project"):
            self.assertIn(said, notices)

    def test_it_is_small(self):
        size = MSI.stat().st_size
        print(f"{MSI.name}: {size} bytes", file=sys.stderr)
        self.assertLessEqual(size, 1_200_000)

    def test_two_builds_give_the_same_bytes(self):
        with tempfile.TemporaryDirectory() as folder:
            again = pathlib.Path(folder) / "again.msi"
            run(sys.executable, ROOT / "installer" / "make_msi.py", "--arch", ARCH, "--version", VERSION,
                "--link", self.properties()["ARPHELPLINK"], "--exe", BUILD / "imshealth.exe",
                "--msi", again, "--work", pathlib.Path(folder) / "work")
            self.assertEqual(again.read_bytes(), MSI.read_bytes())


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], "-v"])
