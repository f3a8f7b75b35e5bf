"""The main job as one wants to see it. Run through tests/demo."""

import sys
import textwrap

import exchange
from lab import Lab

KINDS = {1: "Error", 2: "Warning", 4: "Information"}


def say(text=""):
    print(text, flush=True)


def title(text):
    say()
    say(text)
    say("=" * len(text))


def show_counters(lab):
    values = lab.index_values()
    key = lab.counters()["services"]["MSExchangeIMC"]
    objects = key.get("Object List", [1, ""])[1]
    say("  Performance key of MSExchangeIMC:")
    for name in exchange.INDEX_VALUES:
        say(f"    {name:14} {values.get(name, '(not there)')}")
    say(f"    {'Object List':14} "
        f"{bytes.fromhex(objects).decode('utf-16-le').rstrip(chr(0)) or '(not there)'}")
    first = values.get("First Counter")
    text = lab.texts().get(first, "(none)") if first else "(none)"
    say(f"    the counter text at First Counter: {text}")


def show_alerts(lab):
    say("  What the service said in the event log:")
    for alert in lab.alerts():
        say(f"    {alert.code}  {KINDS.get(alert.type, alert.type)}")
        for text in alert.strings:
            say(textwrap.fill(text, 96, initial_indent="           ",
                              subsequent_indent="             "))


def show_commands(lab):
    runs = [entry for entry in lab.journal() if "tool" in entry]
    say("  The commands it ran:" if runs else "  The commands it ran: none")
    for run in runs:
        say(f"    {run['folder']}> {run['tool']} {' '.join(run['argv'][1:])}")


def demonstrate(mode, last_alert):
    title(f"Mode {mode}")
    with Lab("x64", f"demo-{mode}") as lab:
        say("A server that looks like Exchange 5.5 on which the counters of the Internet Mail")
        say("Service are broken: the Performance key names a counter object that does not exist.")
        lab.break_("inconsistentCounters")
        show_counters(lab)
        say()
        say(f"Installing imshealth-x64.msi, policy: mode {mode}.")
        lab.install(policy={
            "schemaVersion": 1, "mode": mode,
            "watch": [{"counterService": "MSExchangeIMC", "displayName": "Internet Mail Service",
                       "counterFile": "imcperf.ini"}],
            "verify": {"watchFor": "5s"}})
        lab.wait_for_alert(100)
        say("Perflib logs Event 1008 for MSExchangeIMC, status 1003.")
        lab.perflib_event(form="classic", status=1003)
        lab.wait_for_alert(last_alert)
        lab.stop()
        say()
        show_alerts(lab)
        say()
        show_commands(lab)
        say()
        show_counters(lab)


def main():
    demonstrate("alert", 200)
    demonstrate("repair", 202)
    say()
    say("Done: in mode alert nothing was changed, in mode repair the counters are whole again.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
