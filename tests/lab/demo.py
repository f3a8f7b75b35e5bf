"""The main job as one wants to see it. Run through tests/demo."""

import sys
import textwrap
import time

import exchange
from lab import Lab

KINDS = {1: "Error", 2: "Warning", 4: "Information"}


def say(text=""):
    print(text, flush=True)


def title(text):
    say()
    say(text)
    say("=" * len(text))


def break_counters(lab):
    lab.break_("inconsistentCounters")


def log_failure(lab):
    lab.perflib_event(form="classic", status=1003)


def object_list(lab):
    return exchange.object_list(lab.counters()["services"]["MSExchangeIMC"])


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


def show_events(events):
    for event in events:
        written = time.strftime("%H:%M:%S", time.localtime(event.generated))
        say(f"    {event.code:4}  {written}  {event.source}  {KINDS.get(event.type, event.type)}")
        for text in event.strings:
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
        break_counters(lab)
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
        log_failure(lab)
        lab.wait_for_alert(last_alert)
        lab.stop()
        say()
        say("  What the service said in the event log:")
        show_events(lab.alerts())
        say()
        show_commands(lab)
        say()
        show_counters(lab)
        unchanged, whole = lab.counters() == broken, are_whole(lab)
        return unchanged, whole, mode != "repair" or removes(lab)


def kept(lab):
    """What a removal leaves: the policy and each file of the backups, byte for byte; of the state, that it is there."""
    files = [lab.data / "policy.json", *(path for path in (lab.data / "backup").rglob("*") if path.is_file())]
    return {str(path.relative_to(lab.data)): path.read_bytes() for path in files if path.exists()}


def removes(lab):
    """Removes the product; whether all is gone that has to go, and all is kept that has to stay."""
    before = kept(lab)
    say()
    say("Removing it: msiexec /x imshealth-x64.msi /qn")
    lab.uninstall()
    remains = lab.remains()
    say("  gone:  the service ImsHealth and the folder C:\\Program Files\\ImsHealth" if not remains
        else f"  still there: {', '.join(remains)}")
    after, state = kept(lab), (lab.data / "state.json").is_file()
    stays = state and after == before and "policy.json" in after and len(after) > 1
    say(f"  stays: policy.json, state.json and backup\\ ({len(after) - 1} files), in C:\\ProgramData\\ImsHealth"
        if stays else f"  left: {', '.join(after) or 'nothing'}; state.json: {'kept' if state else 'gone'}")
    return not remains and stays


def main():
    unchanged, whole_before, _ = demonstrate("alert", 200)
    _, whole, removed = demonstrate("repair", 202)
    say()
    wrong = ("mode alert changed something." if not unchanged else
             "the counters were whole before the repair." if whole_before else
             "in mode repair the counters are not whole." if not whole else
             "the product is not removed as it should be." if not removed else "")
    if wrong:
        say(f"This is not as it should be: {wrong}")
        return 1
    say("Done: in mode alert nothing was changed, in mode repair the counters are whole again; then the product was "
        "removed.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
