"""What the scenarios share. Each file is run as `python3 FILE x64|x86` and has prefixes of its own."""

import contextlib
import itertools
import json
import os
import pathlib
import subprocess
import sys
import threading
import time
import unittest
from concurrent.futures import ThreadPoolExecutor

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

import exchange  # noqa: E402
from lab import PARAMCHANGE, Lab, until  # noqa: E402

ARCH = next((word for word in sys.argv[1:] if word in ("x64", "x86")), "x64")
SERVICE = "MSExchangeIMC"
BROKEN = b"""{
  "schemaVersion": 1,
  "mode": "repare"
}
"""  # a policy that is refused at 3:11
# 32-bit Wine stands for NT 4.0 and Windows 2000, which have the classic interface alone.
APIS = ["classic", "winevt"] if ARCH == "x64" else ["classic"]


def policy(mode="repair", api="auto", **more):
    """A policy of a server in trouble: quick to verify, everything else as the default has it."""
    watch = {"counterService": SERVICE, "displayName": "Internet Mail Service",
             "directory": "auto", "library": "auto", "counterFile": "imcperf.ini"}
    watch.update(more.pop("watch", {}))
    return {"schemaVersion": 1, "mode": mode, "watch": [watch],
            "limits": {"commandTimeout": "60s", "probeTimeout": "10s"} | more.pop("limits", {}),
            "verify": {"watchFor": "1s"}, "eventLog": {"api": api, "lookBack": "24h"}} | more


def is_open(path):
    """Some process of this machine has the file open."""
    for descriptor in pathlib.Path("/proc").glob("[0-9]*/fd/*"):
        try:
            if os.readlink(descriptor) == str(path):
                return True
        except OSError:
            pass  # ended, or closed, meanwhile
    return False


@contextlib.contextmanager
def held_open(lab, name):
    """Another program has this file of the system open and shares it with no writer."""
    holder = lab.wine.start("cmd", "/c", f"labsc stay >> {exchange.SYSTEM32}\\{name}", stdin=subprocess.PIPE,
                            stdout=subprocess.DEVNULL)
    try:
        file = lab.wine.drive_c(exchange.SYSTEM32) / name
        until(lambda: is_open(file), f"the other program has {name} open")
        yield
    finally:
        holder.stdin.close()
        holder.wait(60)


class Meanwhile:
    """Somebody does something beside the test; an error there is an error of the test."""

    def __init__(self, work):
        self._pool = ThreadPoolExecutor(1)
        self._end = threading.Event()
        self._work = work

    def __enter__(self):
        self._done = self._pool.submit(self._work)
        return self

    def __exit__(self, *_):
        self._end.set()
        self._pool.shutdown()
        self._done.result()

    def is_told_to_end_within(self, seconds):
        return self._end.wait(seconds)

    def until_done(self):
        self._done.result()


class Writing(Meanwhile):
    """Somebody writes the policy again and again: `with Writing(write)` calls write(0), write(1), … until `times` or
    the end of the block. The folder watch waits for the end of it, if no pause gets so long that it is taken for the
    end."""

    # The watch takes half a second for the end, and looks for no longer than ten.
    GAP, LONGEST = 0.4, 9

    def __init__(self, write, every=0.1, times=None):
        super().__init__(self._write)
        self.write, self.every, self.times = write, every, times
        self.gap = 0.0

    def __enter__(self):
        self.begun = time.monotonic()
        return super().__enter__()

    def _write(self):
        last = self.begun
        for count in itertools.count() if self.times is None else range(self.times):
            self.write(count)
            now = time.monotonic()
            self.gap, last = max(self.gap, now - last), now
            if self.is_told_to_end_within(self.every):
                break

    def seconds(self):
        return time.monotonic() - self.begun

    def steady(self):
        """Whether no pause could be taken for the end, so that what the watch did can be judged. Where one could, that
        is printed."""
        if self.gap >= self.GAP:
            print(f"a pause of {self.gap:.1f} s: not judged", file=sys.stderr)
        return self.gap < self.GAP


class Scenario(unittest.TestCase):
    def server(self, name=""):
        """A fresh server of the lab for this test."""
        words = [type(self).__name__, name or self._testMethodName]
        return self.enterContext(Lab(ARCH, "-".join(words).replace("_", "-")))

    def broken_server(self, contents, name="", start=True, **faults):
        """A server whose counters are broken in the usual way, and whose tools do wrong what `faults` says
        (Lab.settings); the service runs on this policy. With its counters as they are."""
        lab = self.server(name)
        lab.break_("inconsistentCounters")
        lab.settings(**faults)
        before = lab.counters()
        lab.install(policy=contents, start=start)
        if start:
            lab.wait_for_alert(100)
        return lab, before

    def failing_server(self, contents, name="", **faults):
        """broken_server, and Perflib has said so."""
        lab, before = self.broken_server(contents, name, **faults)
        lab.perflib_event(form="classic", status=1003)
        return lab, before

    def assert_judged_at_once(self, lab, after, contents):
        """PARAMCHANGE has the file judged while it is still being written (config/README.md); the event 102."""
        text = json.dumps(contents).encode("utf-8")
        with Writing(lambda count: lab.write_policy(text + b"\n" * count)) as writing:
            time.sleep(0.5)  # the watch has looked
            lab.control(PARAMCHANGE)
            asked = writing.seconds()
            taken = lab.wait_for_alert(102, after=after.number)
            seconds = writing.seconds()
        self.assertEqual(taken.strings[1], contents["mode"])
        if asked >= Writing.LONGEST - 3:
            print(f"asked after {asked:.1f} s: not judged", file=sys.stderr)
        elif writing.steady():
            self.assertLess(seconds, Writing.LONGEST, "the watch alone has judged it")
        return taken

    def side_by_side(self, play, *cases):
        """Plays it with each case, all at the same time: most of the time is waiting."""
        with ThreadPoolExecutor(len(cases)) as pool:
            playing = [(case, pool.submit(play, case)) for case in cases]
        for case, played in playing:
            with self.subTest(case=case):
                played.result()

    def assert_article_steps(self, lab, expected):
        """Tools by absolute path out of the system directory, in this order, with these arguments,
        lodctr from the ini's folder. Saving all settings (lodctr /S:) is part of the backup."""
        runs = [entry for entry in lab.journal() if "tool" in entry]
        steps = [run for run in runs if not run["argv"][-1].upper().startswith("/S:")]
        self.assertEqual([(run["tool"], run["argv"][1:]) for run in steps], expected)
        for run in runs:
            self.assertEqual(run["image"].lower(),
                             f"c:\\windows\\system32\\{run['tool']}.exe")
            if run["tool"] == "lodctr" and run in steps:
                self.assertEqual(run["folder"].lower(), exchange.BIN.lower())

    def assert_counters_whole(self, lab):
        """Index values in step with Perflib's totals, object and texts where they belong, key complete."""
        counters = lab.counters()
        key = counters["services"][SERVICE]
        values, totals = exchange.numbers(key), exchange.numbers(counters["perflib"])
        first = values.get("First Counter", 0)
        last = first + 2 * (len(exchange.IMC_COUNTERS) - 1)
        self.assertEqual({name: values.get(name) for name in exchange.INDEX_VALUES},
                         {"First Counter": first, "Last Counter": last, "First Help": first + 1, "Last Help": last + 1})
        self.assertEqual(exchange.object_list(key), str(first))
        self.assertGreaterEqual(totals["Last Counter"], last)
        self.assertEqual(totals["Last Help"], totals["Last Counter"] + 1)
        names, helps = (exchange.parse_text_file(counters[file]) for file in exchange.TEXT_FILES)
        for i, (_, name, text) in enumerate(exchange.IMC_COUNTERS):
            self.assertEqual(names[first + 2 * i], name)
            self.assertEqual(helps[first + 2 * i + 1], text)
        for value in ("Library", "Open", "Collect", "Close"):
            self.assertIn(value, key)

    def assert_neighbours_untouched(self, before, after):
        """No other service's range or text moved, and no text of the system."""
        for service in before["services"]:
            if service != SERVICE:
                self.assertEqual(before["services"][service], after["services"][service])
        first, last = exchange.ranges()[SERVICE]
        for file, texts in zip(exchange.TEXT_FILES, exchange.texts()):
            now = exchange.parse_text_file(after[file])
            moved = [index for index, text in texts.items()
                     if not first <= index <= last + 1 and now.get(index) != text]
            self.assertEqual(moved, [], file)


class SharedServers(Scenario):
    """Scenarios that change nothing on the server but the log: one installed server for each
    interface, made as new for each test. Its counters do not open (status 1003)."""

    @classmethod
    def setUpClass(cls):
        cls.servers = {api: cls.enterClassContext(Lab(ARCH, f"{cls.__name__}-{api}"))
                       for api in APIS}
        with ThreadPoolExecutor(len(APIS)) as pool:
            list(pool.map(cls.install, cls.servers.values()))

    @staticmethod
    def install(lab):
        lab.break_("openFails")
        lab.install(start=False)

    def fresh(self, api, start=True, **more):
        """The server with an empty log and a service that remembers nothing."""
        lab = self.servers[api]
        lab.store.service_up()
        lab.stop()
        for name in ("state.json", "state.previous.json"):
            (lab.data / name).unlink(missing_ok=True)
        lab.store.set(maxRecords=0, maxBytes=20 << 20, clearRestarts=0)
        lab.clear_log()
        lab.write_policy(policy("alert", api, **more))
        if start:
            lab.start()
            lab.wait_for_alert(100)
        return lab

    def codes(self, lab, after=0):
        """The ids of what the service said, without its start and stop."""
        return [each.code for each in lab.alerts(after) if each.code not in (100, 101)]


def main():
    sys.argv = [sys.argv[0], *(word for word in sys.argv[1:] if word not in ("x64", "x86"))]
    unittest.main(verbosity=2)
