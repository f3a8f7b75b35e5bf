"""Anyone may create folders in the common application data. Where somebody else has laid out the data
folder before the installation, nothing in it is believed: it is moved aside whole, and alert 310 says so.

Wine takes a file of another Unix account for one of another owner."""

import json
import shutil
import subprocess
import zlib

from scenario import SERVICE, Scenario, main, policy

import wine  # found beside lab.py, once scenario has been imported

SOMEBODY_ELSE = "65534"


def state_with_journal(backup):
    """A state file as the program writes it, of a repair that was rolling back."""
    state = json.dumps({"journal": {
        "counterService": SERVICE, "begin": 0, "backupFolder": backup, "done": [], "rollingBack": True,
        "failedStep": "verify", "reason": "none"}}, sort_keys=True, separators=(",", ":"))
    return (f'{{"format":"imshealth-state","version":1,"checksum":"{zlib.crc32(state.encode()):08x}",'
            f'"state":{state}}}')


class ForeignDataFolder(Scenario):
    def plant(self, lab):
        """What somebody without rights would lay out to have a file of the system written over."""
        self.victim = lab.wine.drive_c("C:\\lab") / "victim.txt"
        self.victim.write_text("as it was")
        planted = lab.wine.prefix / "drive_c" / "ProgramData" / "ImsHealth"
        shutil.rmtree(planted, ignore_errors=True)
        backup = planted / "backup" / "planted"
        backup.mkdir(parents=True)
        (planted / "policy.json").write_text(json.dumps(policy("repair")))
        (planted / "state.json").write_text(state_with_journal(
            "C:\\ProgramData\\ImsHealth\\backup\\planted"))
        (backup / "victim.txt").write_bytes(b"planted")
        manifest = {
            "counterService": SERVICE, "performanceKey": None, "perflibTotals": None, "textFiles": [],
            "inputs": [], "othersDigest": 0, "library": [{
                "path": "C:\\lab\\victim.txt", "existed": True, "savedAs": "victim.txt",
                "checksum": zlib.crc32(b"planted")}]}
        sealed = json.dumps(manifest, sort_keys=True, separators=(",", ":"))
        (backup / "manifest.json").write_text(json.dumps(
            {**manifest, "checksum": zlib.crc32(sealed.encode())}))
        subprocess.run(wine.privileged(["chown", "-R", SOMEBODY_ELSE, str(planted)]), check=True)

    def assert_nothing_of_it_believed(self, lab, after=0):
        started = lab.wait_for_alert(100, after)
        self.assertEqual(started.strings[1:3], ["alert", "built-in default"])
        lab.stop()
        self.assertEqual(self.victim.read_text(), "as it was", "no file was put back")
        self.assertEqual(lab.tool_runs(), [])
        self.assertFalse((lab.data / "backup" / "planted").exists())
        aside = list(lab.data.parent.glob("ImsHealth.foreign-*"))
        self.assertEqual(len(aside), 1)
        self.assertTrue((aside[0] / "policy.json").exists(), "nothing is lost")

    def test_before_the_installation(self):
        lab = self.server()
        lab.break_("openFails")
        self.plant(lab)
        lab.install()
        self.assert_nothing_of_it_believed(lab)

    def test_between_two_starts_of_the_service(self):
        lab = self.server()
        lab.break_("openFails")
        lab.install(start=False)
        self.plant(lab)
        begun = lab.last_record()
        lab.start()
        moved = lab.wait_for_alert(310, begun)
        self.assertEqual(moved.strings[0], "C:\\ProgramData\\ImsHealth")
        self.assertTrue(moved.strings[1].startswith("C:\\ProgramData\\ImsHealth.foreign-"))
        self.assert_nothing_of_it_believed(lab, begun)


if __name__ == "__main__":
    main()
