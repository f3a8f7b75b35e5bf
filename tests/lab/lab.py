"""One server of the lab: a Wine prefix with the look-alike of Exchange, the lab's event log and tools,
and the product installed from its MSI. Used by the scenarios and the demonstration:

    with Lab("x64", "repair") as lab:
        lab.break_("missingCounters")
        lab.install(policy={"schemaVersion": 1, "mode": "repair"})
        lab.perflib_event(form="manifest", status=2)
        alert = lab.wait_for_alert(202)
"""

import fcntl
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import time

import exchange
import image
import wine
from store import EventStore

SOURCE = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("IMSHEALTH_BUILD", SOURCE / "build"))
STAND_IN = "LABADV32.dll"
DATA = "C:\\ProgramData\\ImsHealth"
STOPPED, RUNNING, PAUSED = 1, 4, 7
ERROR_SERVICE_REQUEST_TIMEOUT = 1053
PROOF_OF_HEARING = 900
STOP, PAUSE, CONTINUE, PARAMCHANGE = 1, 2, 3, 6
TOOLS = ["lodctr.exe", "unlodctr.exe", "regsvr32.exe", "wevtapi.dll", STAND_IN, "labevent.exe",
         "labsc.exe", "labcounters.exe", "labprobe.exe"]
# What the product and Wine itself write into the registry while they run.
OWN_KEYS = ["\\imshealth", "\\servicecurrent"]

os.umask(0o022)


def _copy(source, target):
    """Copies a prefix. Wine's own files are linked: no test writes them, and there are 600 MB."""
    for folder, names, files in os.walk(source):
        here = target / pathlib.Path(folder).relative_to(source)
        here.mkdir()
        for name in list(names):
            path = pathlib.Path(folder) / name
            if path.is_symlink():
                (here / name).symlink_to(os.readlink(path))
                names.remove(name)
        for name in files:
            path = pathlib.Path(folder) / name
            if path.is_symlink():
                (here / name).symlink_to(os.readlink(path))
            elif name == "events.store":
                subprocess.run(["cp", "--sparse=always", path, here / name], check=True)
            elif "windows" in path.parts and path.suffix != ".dat":
                os.link(path, here / name)
            else:
                shutil.copy2(path, here / name)


def until(condition, what, timeout=120):
    """Waits until the condition gives something true and returns that."""
    deadline = time.monotonic() + timeout
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"not in {timeout} s: {what}")
        time.sleep(0.02)


class Lab:
    def __init__(self, arch="x64", name="server"):
        self.arch = arch
        self.name = name
        self.bin = BUILD / f"win-{arch}" / "tests" / "lab" / "bin"
        self.product = BUILD / f"win-{arch}"
        if arch == "x64":
            self.root = BUILD / "lab" / arch
        else:
            tree = hashlib.sha256(str(BUILD).encode()).hexdigest()[:8]
            self.root = wine.CHROOT / "srv" / "lab" / tree
        self.wine = wine.Wine(arch, self.root / name)
        self.store = None
        self._stay = None

    # Life.

    def __enter__(self):
        reason = wine.available(self.arch)
        if reason is not None:
            raise RuntimeError(reason)
        template = self._template()
        self._remove(self.wine.prefix)
        _copy(template, self.wine.prefix)
        self.attach()
        # Wine ends the services when the last other program ends; this one outlives them all.
        self._stay = self.wine.start("labsc", "stay", stdin=subprocess.PIPE,
                                     stdout=subprocess.DEVNULL)
        return self

    def __exit__(self, kind, *_):
        if self.store is not None:
            self.store.close()
        self._stay.stdin.close()
        self.wine.server("-k")
        self.wine.server("-w")
        self._stay.wait(30)
        if kind is None and "LAB_KEEP" not in os.environ:
            self._remove(self.wine.prefix)

    def attach(self):
        """Opens the event log. Alone: for a second process on a server that another one keeps."""
        self.store = EventStore(self.wine.drive_c("C:\\lab\\events.store"))

    @staticmethod
    def _remove(path):
        shutil.rmtree(path, ignore_errors=True)
        if path.exists():  # a scenario gave files to somebody else, and this is not root
            subprocess.run(wine.privileged(["rm", "-rf", "--one-file-system", str(path)]), check=True)

    def _template(self):
        """The prefix every other is copied from, made anew when the lab's own files changed."""
        self.root.mkdir(parents=True, exist_ok=True)
        digest = hashlib.sha256()
        for path in sorted([*self.bin.iterdir(), *SOURCE.glob("tests/lab/*.py")]):
            digest.update(path.read_bytes())
        key = digest.hexdigest()
        template, mark = self.root / "template", self.root / "template.key"
        with open(self.root / "template.lock", "w", encoding="ascii") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not mark.exists() or mark.read_text("ascii") != key:
                mark.unlink(missing_ok=True)
                self._remove(template)
                self._make_template(template)
                mark.write_text(key, "ascii")
        return template

    def _make_template(self, path):
        maker = Lab(self.arch, path.name)
        path.mkdir()
        maker.wine.run("wineboot", "--init", timeout=300)
        maker.wine.server("-w")
        system32 = maker.wine.drive_c(exchange.SYSTEM32)
        for name in TOOLS:
            (system32 / name).unlink(missing_ok=True)
            shutil.copy(self.bin / name, system32 / name)
        (path / "drive_c" / "lab").mkdir()
        exchange.lay_out(maker)
        maker.registry(exchange.registry(self.arch))
        maker.wine.run("labevent", "wake")  # makes the event store
        maker.wine.server("-k")
        maker.wine.server("-w")

    # The server around the product.

    def registry(self, keys):
        """Writes registry values; see exchange.registry_script."""
        script = self.wine.prefix / "drive_c" / "lab" / "change.reg"
        script.write_bytes(exchange.registry_script(keys))
        self.wine.run("regedit", "/S", "C:\\lab\\change.reg")

    def settings(self, **sections):
        """What the lab's tools and libraries do wrong: settings(lodctr={"misbehave": "hang"})."""
        path = self.wine.prefix / "drive_c" / "lab" / "settings.ini"
        lines = []
        for section, values in sections.items():
            lines += [f"[{section}]", *(f"{key}={value}" for key, value in values.items()), ""]
        path.write_bytes("\r\n".join(lines).encode("ascii"))

    def break_(self, fault):
        exchange.FAULTS[fault](self)

    def perflib_event(self, **options):
        """Writes an event as Perflib does. Options as labevent's: form, source, id, service, library,
        status, data_bytes, count, age."""
        words = []
        for name, value in options.items():
            words += [f"--{name.replace('_', '-')}", str(value)]
        self.wine.run("labevent", "perflib", *words, timeout=600)

    def report_event(self, source, *strings, **options):
        words = []
        for name, value in options.items():
            words += [f"--{name.replace('_', '-')}", str(value)]
        self.wine.run("labevent", "report", "--source", source, *words, *strings, timeout=600)

    def flood(self, **options):
        """Writes failures (1008) among other events, in one process. Options as labevent's: failures,
        others, services, seed, burst, pause. Returns the first and the last record number."""
        return self.flooding(**options)()

    def flooding(self, **options):
        """Begins a flood. The function returned waits for its end and gives the numbers."""
        words = []
        for name, value in options.items():
            words += [f"--{name}", str(value)]
        log = self.wine.prefix / "flood.txt"
        with open(log, "wb") as out:
            process = self.wine.start("labevent", "flood", *words, stdout=out)

        def end(timeout=300):
            if process.wait(timeout) != 0:
                raise RuntimeError(f"labevent flood: exit {process.returncode}")
            numbers = json.loads(log.read_text("ascii"))
            return numbers["first"], numbers["last"]
        return end

    def save_log(self, path, dirty=False):
        """The log as an .evtx: a stand-in's, see tests/lab/README.md."""
        self.wine.run("labevent", "save", path, "--dirty", "1" if dirty else "0")

    def clear_log(self):
        self.wine.run("labevent", "clear")

    def counters(self):
        """All of the server's counters: registry and text files, for comparing whole."""
        _, text = self.wine.look("labcounters")
        found = json.loads(text)
        system32 = self.wine.drive_c(exchange.SYSTEM32)
        for kind in exchange.TEXT_FILES:
            path = system32 / kind
            found[kind] = path.read_bytes() if path.exists() else None
        return found

    def everything(self):
        """All of the server but what is the product's or the lab's own, for comparing whole (`changes`): files by
        their path in the prefix, and the registry, as regedit writes it, by its keys."""
        drive = self.wine.prefix / "drive_c"
        own = (drive / "lab", self.data)
        found = {}
        for folder, names, files in os.walk(drive):
            here = pathlib.Path(folder)
            names[:] = [name for name in names if here / name not in own]
            for name in names + files:
                path = here / name
                state = path.lstat()
                found[str(path.relative_to(drive))] = (
                    state.st_mode, None if path.is_dir() else (state.st_ino, state.st_size, state.st_mtime_ns))
        for root in ("HKEY_LOCAL_MACHINE", "HKEY_USERS"):
            self.wine.run("regedit", "/E", "C:\\lab\\registry.reg", root)
            text = (drive / "lab" / "registry.reg").read_text("utf-16")
            for key in text.replace("\r\n", "\n").split("\n\n[")[1:]:
                name, _, values = key.partition("]\n")
                if not any(each in name.lower() for each in OWN_KEYS):
                    found[name] = values.strip("\n")
        return found

    def changes(self, before):
        """What is other than it was: sorted names of files and keys."""
        now = self.everything()
        return sorted(name for name in before.keys() | now.keys() if before.get(name) != now.get(name))

    def index_values(self, service="MSExchangeIMC"):
        """The four index values of a service that are there."""
        values = exchange.numbers(self.counters()["services"].get(service, {}))
        return {name: values[name] for name in exchange.INDEX_VALUES if name in values}

    def texts(self, kind="perfc009.dat"):
        return exchange.parse_text_file(
            (self.wine.drive_c(exchange.SYSTEM32) / kind).read_bytes())

    # What ran.

    def journal(self):
        """Every tool start, end and stage so far, and every load of a counter library."""
        path = self.wine.prefix / "drive_c" / "lab" / "journal.jsonl"
        if not path.exists():
            return []
        return [json.loads(line) for line in path.read_text("utf-8").splitlines()]

    def tool_runs(self):
        """Tool starts as (tool, arguments, folder)."""
        return [(entry["tool"], entry["argv"][1:], entry["folder"])
                for entry in self.journal() if "tool" in entry]

    def until_tool(self, tool, stage=None):
        """Waits until the tool has begun, or has come to that stage."""
        wanted = {"tool": tool} if stage is None else {"of": tool, "stage": stage}
        until(lambda: any(wanted.items() <= entry.items() for entry in self.journal()),
              f"{tool} at {stage or 'its start'}")

    def libraries_loaded(self):
        """The counter libraries that any process has loaded, by path in small letters."""
        return {entry["loaded"].lower() for entry in self.journal() if "loaded" in entry}

    def forget_journal(self):
        (self.wine.prefix / "drive_c" / "lab" / "journal.jsonl").unlink(missing_ok=True)

    # The product.

    @property
    def data(self):
        return self.wine.drive_c(DATA)

    def write_policy(self, policy):
        """A dict, or the bytes of a whole file."""
        folder = self.wine.prefix / "drive_c" / "ProgramData" / "ImsHealth"
        folder.mkdir(parents=True, exist_ok=True)
        if not isinstance(policy, bytes):
            policy = json.dumps(policy, indent=2).encode("utf-8")
        fresh = folder / "policy.json.new"
        fresh.write_bytes(policy)
        fresh.replace(folder / "policy.json")

    @property
    def program(self):
        return "C:\\Program Files\\ImsHealth\\imshealth.exe"

    def install(self, policy=None, start=True, properties=()):
        """Installs the MSI and replaces the one import name. The service that the MSI started is
        stopped for that, and started again when `start` is set."""
        package = self.product / f"imshealth-{self.arch}.msi"
        shutil.copy(package, self.wine.prefix / "drive_c" / "lab" / "product.msi")
        if policy is not None:
            self.write_policy(policy)
        self.wine.run("msiexec", "/i", "C:\\lab\\product.msi", "/qn", *properties, timeout=180)
        self.patch()
        if start:
            self.start()

    def uninstall(self):
        """Removes what `install` has installed."""
        self.wine.run("msiexec", "/x", "C:\\lab\\product.msi", "/qn", timeout=180)

    def remains(self):
        """What is left of an installed product: its service, its program folder."""
        found = {"the service": self.wine.look("labsc", "query", "ImsHealth", check=False)[0] == 0,
                 "the program folder": self.wine.drive_c(self.program).parent.exists()}
        return [name for name, there in found.items() if there]

    def patch(self):
        self.stop()
        installed = self.wine.drive_c(self.program)
        built = (self.product / "imshealth.exe").read_bytes()
        if installed.read_bytes() != built:
            raise RuntimeError("the installed exe is not the built one")
        image.replace_import(installed, "ADVAPI32.dll", STAND_IN)

    def start(self, timeout=30):
        """Starts the service, until the SCM says RUNNING."""
        code, text = self._ask_to_start()
        if code != 0:
            raise RuntimeError(f"the service was not started: {text}")
        code, text = self.wine.look("labsc", "await", "ImsHealth", str(RUNNING),
                                    str(int(timeout * 1000)), check=False)
        if code != 0:
            raise RuntimeError(f"the service does not run: {text}")

    def start_refused(self):
        """Starts a service that itself refuses to run; the alert that says why. Wine's service control manager
        answers 1053 where the service has said STOPPED before the manager looks at its state for the first
        time (programs/services/services.c, service_wait_for_startup)."""
        begun = self.last_record()
        code, text = self._ask_to_start()
        if code not in (0, ERROR_SERVICE_REQUEST_TIMEOUT):
            raise RuntimeError(f"the service was not started: {text}")
        return self.wait_for_alert(111, after=begun)

    def _ask_to_start(self):
        """StartService: (error code, what labsc printed). Where it answers 1053 and the service has said nothing,
        its process has ended before its first instruction (NOT_RANDOMISED in wine.py), or was too slow for the
        manager; it is asked once more."""
        begun = self.last_record()
        for again in (True, False):
            code, text = self.wine.run("labsc", "start", "ImsHealth", check=False)
            error = 0 if code == 0 else json.loads(text or "{}").get("error", code)
            if error != ERROR_SERVICE_REQUEST_TIMEOUT or not again or self.alerts(begun):
                break
            print("ImsHealth: not started by Wine, started again", file=sys.stderr)
        return error, text

    def control(self, code):
        self.wine.run("labsc", "control", "ImsHealth", str(code))

    def service_state(self):
        return json.loads(self.wine.look("labsc", "query", "ImsHealth")[1])

    def await_state(self, state, timeout=30):
        code, text = self.wine.look("labsc", "await", "ImsHealth", str(state),
                                    str(int(timeout * 1000)), check=False)
        return code == 0, json.loads(text)

    def stop(self, timeout=30):
        """Stops the service if it runs; returns the seconds that took."""
        begun = time.monotonic()
        self.wine.run("labsc", "control", "ImsHealth", str(STOP), check=False)
        stopped, state = self.await_state(STOPPED, timeout)
        if not stopped:
            raise RuntimeError(f"the service does not stop: {state}")
        return time.monotonic() - begun

    def kill(self):
        """kill -9 of the service's process and its probes, found by their name in this prefix. A probe that was
        being made when the service died is found at the second look."""
        def ended():
            found = self.processes("imshealth.exe")
            for pid in found:
                try:
                    os.kill(pid, 9)
                except ProcessLookupError:
                    pass
            return not found
        until(ended, "the end of the killed processes")

    def start_again(self):
        """After a kill. Wine's service control manager only notices the end when it is asked to start."""
        until(lambda: self._ask_to_start()[0] == 0,
              "the service taken for ended")
        if not self.await_state(RUNNING)[0]:
            raise RuntimeError("the service does not run")

    def processes(self, name):
        """Process ids of this machine that run a program of that name in this prefix."""
        return [pid for pid, words in self.wine.processes()
                if words and words[0].replace("/", "\\").lower().split("\\")[-1] == name.lower()]

    def imshealth(self, *arguments, timeout=120):
        """Runs the installed exe; returns (exit code, output)."""
        return self.wine.run(self.program, *arguments, check=False, timeout=timeout)

    def service_process(self):
        """The service's process id on this machine; its probes and commands are other processes."""
        found = [pid for pid in self.processes("imshealth.exe")
                 if pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[1:2] == [b"service"]]
        if len(found) != 1:
            raise RuntimeError(f"the service runs in {len(found)} processes")
        return found[0]

    def status(self):
        return json.loads(self.imshealth("status", "--json")[1])

    def saved_state(self):
        """What the service remembers; empty before it has remembered anything."""
        try:
            return json.loads((self.data / "state.json").read_bytes())["state"]
        except FileNotFoundError:
            return {}

    def position(self):
        """The record up to which the service has read and remembered; 0 before that."""
        cursor = self.saved_state().get("cursor", {"record": 0, "newestSeen": 0})
        return max(cursor["record"], cursor["newestSeen"])

    def until_busy(self, condition, what, timeout=120):
        """Waits on a server that goes on logging, as servers do: what nobody has told the reader of is heard with the
        next record, not only by the minute's check."""
        written = time.monotonic()

        def busy():
            nonlocal written
            if time.monotonic() - written > 2:
                self.perflib_event(service="SomebodyElse")
                written = time.monotonic()
            return condition()
        return until(busy, what, timeout)

    def until_read(self, record, timeout=120):
        """Waits until the service has read up to there and remembers it."""
        self.until_busy(lambda: self.position() >= record, f"record {record} read", timeout)

    # What it said.

    def last_record(self):
        return self.store.next - 1

    def alerts(self, after=0):
        """What it said, but for the daily proof of hearing, which comes whenever it is due."""
        return [event for event in self.store.events(after)
                if event.source == "ImsHealth" and event.code != PROOF_OF_HEARING]

    def wait_for_alert(self, code, after=0, timeout=60):
        """The first alert with this id after record `after`. Fails when it does not come."""
        event = self.store.wait_for(
            lambda each: each.source == "ImsHealth" and each.code == code, after, timeout)
        if event is None:
            said = "\n".join(map(repr, self.alerts())) or "nothing"
            raise AssertionError(f"no alert {code} in {timeout} s; the service said:\n{said}\n"
                                 f"{self.log_tail()}")
        return event

    def said(self, code, after=0):
        """The first alert with this id after record `after`, or None."""
        return next((event for event in self.alerts(after) if event.code == code), None)

    def log_tail(self, lines=30):
        path = self.data / "logs" / "imshealth.log"
        if not path.exists():
            return "(no log file)"
        return "\n".join(path.read_text("utf-8", "replace").splitlines()[-lines:])


