"""Anyone may create folders in the common application data. Where somebody else has laid out the data
folder before the installation, nothing in it is believed: it is moved aside whole, and alert 310 says so.

Wine takes a file of another Unix account for one of another owner."""

import json
import subprocess

import wine
from scenario import SERVICE, Scenario, main, policy

SOMEBODY_ELSE = "65534"


class ForeignDataFolder(Scenario):
    def test_a_planted_state_file_leads_to_nothing(self):
        lab = self.server()
        lab.break_("openFails")
        victim = lab.wine.drive_c("C:\\lab") / "victim.txt"
        victim.write_text("as it was")
        planted = lab.wine.prefix / "drive_c" / "ProgramData" / "ImsHealth"
        backup = planted / "backup" / "planted"
        backup.mkdir(parents=True)
        (planted / "policy.json").write_text(json.dumps(policy("repair")))
        (planted / "state.json").write_text(json.dumps({
            "format": 1, "state": {"journal": {
                "counterService": SERVICE, "begin": 0, "done": [], "rollingBack": True,
                "backupFolder": "C:\\ProgramData\\ImsHealth\\backup\\planted"}}}))
        (backup / "evil").write_text("planted")
        subprocess.run(wine.privileged(["chown", "-R", SOMEBODY_ELSE, str(planted)]), check=True)

        lab.install()
        moved = lab.wait_for_alert(310)
        self.assertEqual(moved.strings[0], "C:\\ProgramData\\ImsHealth")
        self.assertIn(".foreign-", moved.strings[1])
        started = lab.wait_for_alert(100)
        self.assertEqual(started.strings[1:3], ["alert", "built-in default"])
        lab.stop()
        aside = lab.wine.drive_c(moved.strings[1])
        self.assertTrue((aside / "policy.json").exists(), "nothing is lost")
        self.assertEqual(victim.read_text(), "as it was")
        self.assertEqual(lab.tool_runs(), [])
        self.assertFalse((lab.data / "backup" / "planted").exists())


if __name__ == "__main__":
    main()
