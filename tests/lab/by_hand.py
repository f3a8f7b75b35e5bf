#!/usr/bin/env python3
"""A shell on a server of the lab, to install, break, watch, repair and uninstall by hand. Run through
`tests/demo --by-hand`. Commands may also be piped in.

The shell's own commands are links to this file; each does what its name says on the shell's server."""

import os
import pathlib
import shutil
import signal
import subprocess
import sys

import demo
from demo import say
from lab import CONTINUE, PAUSE, PAUSED, RUNNING, Lab

SERVER = "LAB_BY_HAND"  # in the environment of the shell: the name of its server
PACKAGE = "imshealth-x64.msi"
GUIDE = f"""
A server that looks like Exchange 5.5. Its counters are whole; nothing is installed yet.

  install    msiexec /i {PACKAGE} /qn MODE=repair
  break      break-counters       breaks the Performance key, logs Event 1008
  watch      events               the event log: 1008, 200, 201; half a minute later 202
             counters             the Performance key
  repair     the service has done it. Break them again only after 202. For 15 minutes it then leaves the repair to you
             (alert 204, coolDown): imshealth repair --force
  uninstall  msiexec /x {PACKAGE} /qn

To see a repair fail: echo '[lodctr]' > ../lab/settings.ini; echo fail=183 >> ../lab/settings.ini before you break; and
delete that file again. After a repair of the last 15 minutes: imshealth reset first.
Also: imshealth with any words; net start, stop, pause and continue ImsHealth. Write 'C:\\...' in quotes.
This folder is C:\\Install; the policy that the service reads is ../ProgramData/ImsHealth/policy.json.
exit ends the lab and removes it.
"""


def imshealth(lab, *words):
    if not lab.wine.drive_c(lab.program).exists():
        say(f"imshealth is not installed: msiexec /i {PACKAGE} /qn MODE=repair")
        return 1
    return lab.wine.start(lab.program, *words, stdout=None, stderr=None).wait()


def msiexec(lab, *words):
    code, text = lab.wine.run("msiexec", *words, check=False, timeout=300)
    say("msiexec: done" if code == 0 else
        f"{text}msiexec: failed. The package here is {PACKAGE}; a MODE or POLICY with a mistake ends the installation.")
    program = lab.wine.drive_c(lab.program)
    if code == 0 and program.exists() and program.read_bytes() == (lab.product / "imshealth.exe").read_bytes():
        lab.patch()
        lab.start()
        say("(In the installed exe one import name is changed, so that it finds the lab's event log;"
            " the service was started again for that.)")
    return code


def net(lab, *words):
    control = CONTROLS.get(words[0].lower()) if words else None
    if control and [word.lower() for word in words[1:]] == ["imshealth"]:  # Wine's net knows neither
        lab.wine.run("labsc", "control", "ImsHealth", str(control[0]), check=False)
        reached = lab.await_state(control[1], timeout=5)[0]
        say(f"The ImsHealth service {control[2] if reached else 'does not answer'}.")
        return 0 if reached else 1
    code, text = lab.wine.run("net", *words, check=False)
    say(text.rstrip("\n"))
    return code


def break_counters(lab):
    demo.break_counters(lab)
    demo.log_failure(lab)
    say("The Performance key names a counter object that does not exist; Perflib has logged Event 1008.")


def events(lab):
    demo.show_events(lab.store.events())


# The control code, the state that it leads to, and what net says then.
CONTROLS = {"pause": (PAUSE, PAUSED, "was paused successfully"),
            "continue": (CONTINUE, RUNNING, "was continued successfully")}
COMMANDS = {"imshealth": imshealth, "msiexec": msiexec, "net": net, "break-counters": break_counters,
            "events": events, "counters": demo.show_counters}


def command(name, words):
    signal.signal(signal.SIGINT, lambda *_: None)  # Ctrl-C is for the program that runs
    lab = Lab("x64", os.environ[SERVER])
    lab.attach()
    lab.wine.folder = os.getcwd()
    return COMMANDS[name](lab, *words) or 0


def shell():
    with Lab("x64", f"by-hand-{os.getpid()}") as lab:
        commands = lab.wine.prefix / "commands"
        commands.mkdir()
        for name in COMMANDS:
            (commands / name).symlink_to(pathlib.Path(__file__).resolve())
        folder = lab.wine.prefix / "drive_c" / "Install"
        folder.mkdir()
        shutil.copy(lab.product / PACKAGE, folder)
        say(GUIDE)
        environment = os.environ | {SERVER: lab.name, "PATH": f"{commands}:{os.environ['PATH']}", "PS1": "lab> ",
                                    "HISTFILE": ""}
        environment.pop("BASH_ENV", None)
        running = subprocess.Popen(["bash", "--norc"], cwd=folder, env=environment)
        # The lab is removed whatever ends the shell: Ctrl-C, a closed window, kill.
        for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
            signal.signal(number, lambda *_: running.send_signal(signal.SIGHUP))
        return running.wait()


if __name__ == "__main__":
    called = pathlib.Path(sys.argv[0]).name
    sys.exit(command(called, sys.argv[1:]) if called in COMMANDS else shell())
