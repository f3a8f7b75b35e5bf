"""What a Windows program costs, as this machine's /proc has it: working set, wake-ups, processor time."""

import dataclasses
import os
import pathlib
import re
import threading
import time

MAPPING = re.compile(r"[0-9a-f]+-[0-9a-f]+ [rwxps-]{4} [0-9a-f]+ \S+ \d+ *(.*)")


@dataclasses.dataclass
class WorkingSet:
    """Bytes. `own` is what would be the program's on Windows too: its image, heap and stacks, and all
    anonymous memory, though some of that is Wine's. `wine`: files of Wine and of this system. `lab`:
    the lab's event log, which is a file mapped whole, and its DLLs."""
    own: int = 0
    wine: int = 0
    lab: int = 0


def working_set(pid):
    found, kind = WorkingSet(), "own"
    for line in pathlib.Path(f"/proc/{pid}/smaps").read_text("utf-8", "replace").splitlines():
        mapping = MAPPING.fullmatch(line)
        if mapping:
            kind = _kind(mapping[1])
        elif line.startswith("Rss:"):
            setattr(found, kind, getattr(found, kind) + 1024 * int(line.split()[1]))
    return found


def _kind(path):
    name = path.lower().rsplit("/", 1)[-1]
    if name in ("events.store", "labadv32.dll", "wevtapi.dll"):
        return "lab"
    if path.startswith("/") and not name.startswith("imshealth"):
        return "wine"
    return "own"


@dataclasses.dataclass
class Activity:
    wakeups: int  # moments, apart by a tenth of a second and more, at which any thread ran
    switches: int  # voluntary context switches of all threads; each call to Wine's server is one
    seconds: float  # processor time


class Watch:
    """Looks on for a while: `with Watch(pid) as watch: …`, then watch.activity."""

    def __init__(self, pid):
        self.pid = pid
        self.activity = None
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self._wakeups = 0

    def __enter__(self):
        self._first = self._switches(), self._seconds()
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._end.set()
        self._thread.join()
        self.activity = Activity(self._wakeups, self._switches() - self._first[0],
                                 self._seconds() - self._first[1])

    def _look(self):
        before, ran = self._switches(), False
        while not self._end.wait(0.05):
            now = self._switches()
            if now != before and not ran:
                self._wakeups += 1
            before, ran = now, now != before

    def _switches(self):
        count = 0
        for status in pathlib.Path(f"/proc/{self.pid}/task").glob("*/status"):
            try:
                count += int(re.search(r"^voluntary_ctxt_switches:\s+(\d+)",
                                       status.read_text("ascii", "replace"), re.M)[1])
            except OSError:
                pass  # the thread has ended
        return count

    def _seconds(self):
        text = pathlib.Path(f"/proc/{self.pid}/stat").read_text("utf-8", "replace")
        user, system = text.rsplit(")", 1)[1].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def watch_for(pid, seconds):
    with Watch(pid) as watch:
        time.sleep(seconds)
    return watch.activity
