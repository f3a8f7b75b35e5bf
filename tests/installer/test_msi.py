"""The MSI in the lab: install, repair, upgrade, refused downgrade, removal, roll-back.

    test_msi.py x64|x86 LOWER_VERSION_MSI HIGHER_VERSION_MSI [unittest names]

Packages of another version are made of the same exe by make_msi.py (CMakeLists.txt).
"""

import pathlib
import re
import shutil
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "lab"))

from lab import Lab  # noqa: E402  (the lab is no installed package)

ARCH, LOWER, HIGHER = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
SERVICE = r"HKLM\SYSTEM\CurrentControlSet\Services\ImsHealth"
SOURCE = r"HKLM\SYSTEM\CurrentControlSet\Services\EventLog\Application\ImsHealth"
UNINSTALL = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall"
FOLDER = "C:\\Program Files\\ImsHealth"
POLICY = b'// ours \xc3\xa4\r\n{ "schemaVersion": 1, "mode": "alert", "watch": [{ "counterService": "MSExchangeIMC" }] }'


class Msi(unittest.TestCase):
    def setUp(self):
        self.lab = self.enterContext(Lab(ARCH, "msi-" + self._testMethodName))

    # What an administrator does.

    def msiexec(self, *words, package=None, check=True):
        source = package or self.lab.product / f"imshealth-{ARCH}.msi"
        name = "C:\\lab\\" + source.name
        shutil.copy(source, self.lab.wine.drive_c("C:\\lab") / source.name)
        words = [name if word == "MSI" else word for word in words]
        code, text = self.lab.wine.run("msiexec", *words, "/qn", "/l*v", "C:\\lab\\msi.log", check=False,
                                       timeout=300)
        if check and code != 0:
            self.fail(f"msiexec {words}: exit {code}\n{text}\n{self.log()}")
        return code

    def log(self):
        log = self.lab.wine.drive_c("C:\\lab\\msi.log").read_bytes().decode("utf-8", "replace")
        return "\n".join(log.splitlines()[-40:])

    def values(self, key):
        """The values of a key and of those below: (key, name) -> text or number. Empty: no such key."""
        file = self.lab.wine.drive_c("C:\\lab") / "values.reg"
        file.unlink(missing_ok=True)
        self.lab.wine.run("reg", "export", key, "C:\\lab\\values.reg", "/y", check=False)
        found, at = {}, ""
        text = file.read_bytes().decode("utf-16") if file.exists() else ""
        for line in text.replace("\\\r\n", "").splitlines():
            if line.startswith("["):
                at = line.strip("[]")
            elif match := re.match(r'"(.+?)"="(.*)"$', line):
                found[at, match[1]] = re.sub(r"\\(.)", r"\1", match[2])
            elif match := re.match(r'"(.+?)"=dword:(\w+)$', line):
                found[at, match[1]] = int(match[2], 16)
            elif match := re.match(r'"(.+?)"=hex\(2\):(.*)$', line):
                data = bytes.fromhex(match[2].replace(",", "").replace(" ", ""))
                found[at, match[1]] = data.decode("utf-16-le").rstrip("\0")
        return found

    def value(self, key, name):
        return {each: text for (_, each), text in self.values(key).items()}.get(name)

    def programs(self):
        """Add/Remove Programs: what is there of us."""
        keys = {}
        for (key, name), text in self.values(UNINSTALL).items():
            keys.setdefault(key, {})[name] = text
        return [entry for entry in keys.values() if entry.get("DisplayName") == "IMS Health Monitor"]

    def file(self, path):
        return self.lab.wine.drive_c(path)

    # What must be true.

    def assert_installed(self, folder=FOLDER, version=None):
        for name in ("imshealth.exe", "policy.schema.json", "README.txt", "LICENSE.txt", "THIRD-PARTY.txt",
                     "samples\\minimal.jsonc", "samples\\complete.jsonc", "fleet\\traps.cnf",
                     "fleet\\forward.xml"):
            self.assertTrue(self.file(f"{folder}\\{name}").is_file(), name)
        self.assertEqual(self.file(f"{folder}\\imshealth.exe").read_bytes(),
                         (self.lab.product / "imshealth.exe").read_bytes())
        self.assertEqual(self.value(SERVICE, "ImagePath"), f'"{folder}\\imshealth.exe" service')
        self.assertEqual(self.value(SERVICE, "DisplayName"), "IMS Health Monitor")
        self.assertEqual(self.value(SERVICE, "ObjectName"), "LocalSystem")
        self.assertEqual(self.value(SERVICE, "Start"), 2)
        self.assertTrue(self.value(SERVICE, "Description"))
        self.assertEqual(self.value(SOURCE, "EventMessageFile"), f"{folder}\\imshealth.exe")
        self.assertEqual(self.value(SOURCE, "TypesSupported"), 7)
        self.assertEqual(self.lab.service_state()["state"], 4, "the MSI starts the service")
        entries = self.programs()
        self.assertEqual(len(entries), 1, entries)
        self.assertRegex(entries[0]["HelpLink"], "^https://")
        self.assertRegex(entries[0]["URLInfoAbout"], "^https://")
        self.assertRegex(entries[0]["DisplayVersion"], version or r"^\d+\.\d+\.\d+$")

    def assert_removed(self, folder=FOLDER):
        self.assertFalse(self.file(f"{folder}\\imshealth.exe").exists())
        self.assertEqual(self.values(SOURCE), {})
        self.assertEqual(self.programs(), [])
        self.assertNotEqual(self.lab.wine.run("labsc", "query", "ImsHealth", check=False)[0], 0)

    def policy(self):
        path = self.lab.data / "policy.json"
        return path.read_bytes() if path.exists() else None

    # The cases.

    def test_install_and_remove(self):
        self.msiexec("/i", "MSI")
        self.assert_installed()
        self.assertIsNone(self.policy(), "without being asked it writes no policy")
        self.assertTrue((self.lab.data / "backup").is_dir())
        self.lab.write_policy(POLICY)
        (self.lab.data / "backup" / "kept.txt").write_bytes(b"kept")
        self.msiexec("/x", "MSI")
        self.assert_removed()
        self.assertEqual(self.policy(), POLICY)
        self.assertTrue((self.lab.data / "state.json").is_file())
        self.assertEqual((self.lab.data / "backup" / "kept.txt").read_bytes(), b"kept")

    def test_repair_brings_files_and_service_back_and_leaves_the_policy(self):
        self.msiexec("/i", "MSI", "MODE=repair")
        self.assertIn(b'"mode": "repair"', self.policy())
        self.lab.write_policy(POLICY)
        self.lab.stop()
        self.file(FOLDER + "\\imshealth.exe").unlink()
        self.file(FOLDER + "\\samples\\minimal.jsonc").unlink()
        self.msiexec("/i", "MSI", "REINSTALL=ALL", "REINSTALLMODE=omus", "MODE=repair")
        self.assert_installed()
        self.assertEqual(self.policy(), POLICY)

    def test_a_policy_file_is_copied_byte_for_byte_at_the_first_installation_only(self):
        self.file("C:\\lab").joinpath("first policy.json").write_bytes(POLICY)
        self.msiexec("/i", "MSI", "POLICY=C:\\lab\\first policy.json")
        self.assertEqual(self.policy(), POLICY)
        self.msiexec("/x", "MSI")
        self.file("C:\\lab").joinpath("first policy.json").write_bytes(POLICY + b"\n")
        self.msiexec("/i", "MSI", "POLICY=C:\\lab\\first policy.json", "MODE=alert")
        self.assertEqual(self.policy(), POLICY)

    def test_upgrade_keeps_policy_state_and_backups_and_downgrade_is_refused(self):
        self.msiexec("/i", "MSI", "MODE=repair", package=LOWER)
        self.assert_installed(version=r"^0\.9\.0$")
        self.lab.write_policy(POLICY)
        (self.lab.data / "backup" / "kept.txt").write_bytes(b"kept")
        self.msiexec("/i", "MSI", "MODE=repair")
        self.assert_installed(version=r"^(?!0\.9\.0)")
        self.assertEqual(self.policy(), POLICY)
        self.assertTrue((self.lab.data / "state.json").is_file())
        self.assertEqual((self.lab.data / "backup" / "kept.txt").read_bytes(), b"kept")
        self.assertNotEqual(self.msiexec("/i", "MSI", package=LOWER, check=False), 0)
        self.assert_installed(version=r"^(?!0\.9\.0)")
        self.msiexec("/i", "MSI", package=HIGHER)
        self.assert_installed(version=r"^99\.0\.0$")
        self.assertEqual(self.policy(), POLICY)

    def test_a_folder_with_blanks_and_letters_of_other_scripts(self):
        folder = "C:\\Ä ö, Ωμ\\IMS 健康"
        self.msiexec("/i", "MSI", f"INSTALLDIR={folder}", package=LOWER)
        self.assert_installed(folder)
        self.msiexec("/i", "MSI")
        self.assert_installed(folder, version=r"^(?!0\.9\.0)")
        self.msiexec("/x", "MSI")
        self.assert_removed(folder)

    def test_a_bad_policy_or_mode_ends_the_installation_and_rolls_it_back(self):
        self.file("C:\\lab").joinpath("bad.json").write_bytes(b'{ "schemaVersion": 1, "mod": "alert" }')
        for words in (["POLICY=C:\\lab\\bad.json"], ["MODE=fix"], ["POLICY=C:\\lab\\absent.json"]):
            self.assertNotEqual(self.msiexec("/i", "MSI", *words, check=False), 0, words)
            self.assert_removed()
            self.assertFalse(self.lab.data.exists(), words)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], "-v", *sys.argv[4:]])
