"""`tests/demo --by-hand`: the five steps of its guide, typed into the shell that it opens."""

import json
import os
import re
import subprocess
import sys

from scenario import Scenario, main, policy
from lab import BUILD, SOURCE

STEPS = r"""
msiexec /i imshealth-x64.msi /qn POLICY='C:\Install\policy.json'
imshealth policy check
break-counters
counters
for i in $(seq 60); do events >seen.txt; grep -q '^ *202 ' seen.txt && break; sleep 1; done
cat seen.txt
counters
net pause ImsHealth
imshealth status
net continue ImsHealth
imshealth status
net stop ImsHealth
net start ImsHealth
imshealth check
echo "check: $?"
msiexec /x imshealth-x64.msi /qn
imshealth check
echo "check afterwards: $?"
ls ../ProgramData/ImsHealth
net start ImsHealth || echo "no service"
pwd
exit 7
"""


class ByHand(Scenario):
    def test_the_five_steps(self):
        write = f"cat >policy.json <<'END'\n{json.dumps(policy('repair'))}\nEND\n"
        done = subprocess.run([sys.executable, SOURCE / "tests" / "lab" / "by_hand.py"], input=write + STEPS,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300, check=False)
        said = done.stdout
        self.assertEqual(done.returncode, 7, said)

        def at(text):
            """Where it is said, after all that was asked for before."""
            nonlocal place
            self.assertIn(text, said[place:], said)
            place = said.index(text, place) + len(text)
        place = 0
        for word in ("install ", "break ", "watch ", "repair ", "uninstall "):
            at(f"\n  {word}")
        at("msiexec: done")
        at("one import name is changed")
        at("Object List    9998")
        for code in (100, 1008, 200, 201, 202):
            at(f"\n    {code:4}  ")
        self.assertNotIn("Object List    9998", said[place:])
        at("was paused successfully")
        at(", service paused, ")
        at("was continued successfully")
        at(", service running, ")
        at("stopped successfully")
        at("started successfully")
        at("MSExchangeIMC (Internet Mail Service): healthy")
        at("check: 0\n")
        at("msiexec: done")
        at("imshealth is not installed")
        at("check afterwards: 1\n")
        for kept in ("backup", "policy.json", "state.json"):
            at(f"{kept}\n")
        at("no service")
        folder = re.search(r"^/.*/Install$", said, re.M)[0]
        self.assertTrue(folder.startswith(str(BUILD)), folder)
        self.assertFalse(os.path.exists(folder.removesuffix("/drive_c/Install")), "the lab is removed")


if __name__ == "__main__":
    main()
