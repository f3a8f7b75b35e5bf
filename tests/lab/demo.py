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


def object_list(lab):
    key = lab.counters()["services"]["MSExchangeIMC"]
    value = key.get("Object List", [1, ""])[1]
    return bytes.fromhex(value).decode("utf-16-le").rstrip(chr(0))


def show_counters(lab):
    values = lab.index_values()
    say("  Performance key of MSExchangeIMC:")
    for name in exchange.INDEX_VALUES:
        say(f"    {name:14} {values.get(name, '(not there)')}")
    say(f"    {'Object List':14} {object_list(lab) or '(not there)'}")
    first = values.get("First Counter")
    text = lab.texts().get(first, "(none)") if first else "(none)"
    say(f"    the counter text at First Counter: {text}")


def are_whole(lab):
    values = lab.index_values()
    return (set(values) == set(exchange.INDEX_VALUES) and object_list(lab) == str(values["First Counter"]) and
            lab.texts().get(values["First Counter"]) == exchange.IMC_COUNTERS[0][1])


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
        broken = lab.counters()
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
        return lab.counters() == broken, are_whole(lab)


def main():
    unchanged, whole_before = demonstrate("alert", 200)
    _, whole = demonstrate("repair", 202)
    say()
    if not unchanged or whole_before or not whole:
        say("This is not as it should be: " + ("mode alert changed something." if not unchanged
                                               else "in mode repair the counters are not whole."))
        return 1
    say("Done: in mode alert nothing was changed, in mode repair the counters are whole again.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
