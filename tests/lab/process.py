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


# As far as Linux keeps the name: wine_threadpool_worker, wine_threadpool_waitqueue, …
POOL = "wine_threadpool"


@dataclasses.dataclass
class Activity:
    """Wake-ups are moments, apart by a tenth of a second and more, at which a thread ran."""
    wakeups: int = 0  # of any thread
    own: int = 0  # of a thread of the program; Wine made it and may have named it, but the program's code runs in it
    wine: int = 0  # of Wine's thread pool, which names its threads; at one moment both kinds may run
    switches: int = 0  # voluntary context switches of all threads; each call to Wine's server is one
    seconds: float = 0.0  # processor time


class Watch:
    """Looks on for a while: `with Watch(pid) as watch: …`, then watch.activity."""

    def __init__(self, pid):
        self.pid = pid
        self.activity = Activity()
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._look)

    def __enter__(self):
        self._first, self._began = self._switches(), self._seconds()
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._end.set()
        self._thread.join()
        self.activity.seconds = self._seconds() - self._began

    def _look(self):
        before, ran = self._first, set()
        while not self._end.wait(0.05):
            now = self._switches()
            runs = set()
            for thread in before | now:
                if before.get(thread) != now.get(thread):  # it has run, or begun, or ended
                    runs |= {"wakeups", "wine" if thread[1] == POOL else "own"}
            for kind in runs - ran:
                setattr(self.activity, kind, getattr(self.activity, kind) + 1)
            self.activity.switches += sum(count - before.get(thread, 0)
                                          for thread, count in now.items())
            before, ran = now, runs

    def _switches(self):
        """Of each thread, by its number and name."""
        found = {}
        for status in pathlib.Path(f"/proc/{self.pid}/task").glob("*/status"):
            try:
                text = status.read_text("utf-8", "replace")
                name = re.search(r"^Name:\s+(.*)$", text, re.M)[1]
                found[status.parent.name, name] = int(
                    re.search(r"^voluntary_ctxt_switches:\s+(\d+)", text, re.M)[1])
            except OSError:
                pass  # the thread has ended
        return found

    def _seconds(self):
        text = pathlib.Path(f"/proc/{self.pid}/stat").read_text("utf-8", "replace")
        user, system = text.rsplit(")", 1)[1].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def watch_for(pid, seconds):
    with Watch(pid) as watch:
        time.sleep(seconds)
    return watch.activity
