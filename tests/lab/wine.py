"""Runs Windows programs in one Wine prefix: 64-bit Wine of this machine, or 32-bit Wine in an i386
chroot that tests/setup makes and keeps."""

import functools
import itertools
import os
import pathlib
import shutil
import subprocess
import sys

CACHE = pathlib.Path(os.environ.get("IMSHEALTH_LAB_CACHE") or
                     pathlib.Path(os.environ.get("XDG_CACHE_HOME") or
                                  pathlib.Path.home() / ".cache") / "imshealth-lab")
CHROOT = CACHE / "i386"


def privileged(command):
    return command if os.geteuid() == 0 else ["sudo", "-n", *command]


_outputs = itertools.count()

# Wine 8 maps one page at 0x7FFE0000, where Windows has it, and its loader lies at 0x7D000000. Linux begins the heap of
# a 64-bit process up to 1 GB above the program (since 6.9; 32 MB before), so that once in some eight thousand process
# starts the page comes to lie on the heap, and the process ends with 1 or 127 before its first instruction: a program
# that says nothing, a service that never answers (error 1053). Without randomisation the heap is always the same place.
# A container may refuse it.
NOT_RANDOMISED = ["setarch", "-R"]

# Where it is refused. Of Wine's start.exe: CreateProcess gave STATUS_INTERNAL_ERROR.
NOT_STARTED = "ShellExecuteEx failed: Internal error"


class Wine:
    """One prefix. `prefix` is a path of this machine, below CHROOT for x86."""

    def __init__(self, arch, prefix):
        self.arch = arch
        self.prefix = pathlib.Path(prefix)
        self.folder = self.prefix  # where programs start
        self.environment = {
            "HOME": os.environ.get("HOME", "/root") if arch == "x64" else "/srv/lab/home",
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
            "LC_ALL": "C.UTF-8",
            "WINEARCH": "win64" if arch == "x64" else "win32",
            "WINEDEBUG": os.environ.get("LAB_WINEDEBUG", "-all"),
            "WINEDLLOVERRIDES": "wevtapi,lodctr.exe,unlodctr.exe,regsvr32.exe=n;mscoree=;mshtml=;winemenubuilder.exe=",
            "WINEPREFIX": self._inside(self.prefix),
        }

    def _inside(self, path):
        if self.arch == "x64":
            return str(path)
        return "/" + str(pathlib.Path(path).relative_to(CHROOT))

    def _command(self, program, arguments):
        if self.arch == "x64":
            folder = pathlib.Path("/usr/lib/wine")
            loader = folder / ("wineserver64" if program == "wineserver" else "wine64")
            if not loader.exists():
                loader = shutil.which(program) or program
            return [*_not_randomised(), str(loader), *arguments]
        words = [f"{name}={value}" for name, value in self.environment.items()]
        inner = [*_not_randomised(), "chroot", f"--userspec={os.geteuid()}:{os.getegid()}", str(CHROOT),
                 "/usr/bin/env", "-i", *words, f"/usr/lib/wine/{program}", *arguments]
        # 32-bit Wine wants /proc. In a mount namespace of its own nothing is left behind; inside a
        # chroot there can be none, and /proc stays mounted in the i386 system.
        if _may_unshare():
            script = 'mount -t proc proc "$0/proc"; exec "$@"'
            inner = ["unshare", "--mount", "sh", "-c", script, str(CHROOT), *inner]
        elif not (CHROOT / "proc" / "self").exists():
            subprocess.run(privileged(["mount", "-t", "proc", "proc", str(CHROOT / "proc")]),
                           check=True)
        return privileged(inner)

    def start(self, *arguments, **options):
        """A running process; the caller waits for it."""
        options.setdefault("stdin", subprocess.DEVNULL)
        options.setdefault("stdout", subprocess.PIPE)
        options.setdefault("stderr", subprocess.DEVNULL)
        program = "wine64" if self.arch == "x64" else "wine"
        return subprocess.Popen(self._command(program, arguments), env=self._process_environment(),
                                cwd=self.folder, **options)

    def run(self, *arguments, timeout=120, check=True):
        """Runs a program to its end. Returns (exit code, output). Where Wine says that it could not make the
        process (see NOT_RANDOMISED) nothing has run, and it is started again."""
        for again in (True, False):
            code, text, said = self._run(arguments, timeout)
            if code == 0 or not again or NOT_STARTED not in text + said:
                break
            print(f"{' '.join(map(str, arguments))}: not started by Wine, started again", file=sys.stderr)
        if check and code != 0:
            raise RuntimeError(f"{' '.join(map(str, arguments))}: exit {code}\n{text}{said}")
        return code, text

    def _run(self, arguments, timeout):
        """Runs a program to its end. Returns (exit code, output, standard error). What a program leaves running
        (a service, say) may hold its pipes, so the output goes through a file, and a fresh one for each
        program: what was left running may go on writing to its own. What Wine itself has to say about a
        failure ("wine client error") is on standard error, and belongs to what is reported."""
        number = next(_outputs)
        log = self.prefix / f"output-{number}.txt"
        errors = self.prefix / f"errors-{number}.txt"
        with open(log, "wb") as stream, open(errors, "wb") as error_stream:
            process = self.start(*arguments, stdout=stream, stderr=error_stream)
            try:
                code = process.wait(timeout)
            except subprocess.TimeoutExpired as late:
                late.add_note(self.standing())
                self._kill(process)
                process.wait()
                raise
        text = log.read_bytes().decode("utf-8", "replace").replace("\r\n", "\n")
        log.unlink()
        said = errors.read_bytes().decode("utf-8", "replace")
        errors.unlink()
        return code, text, said

    def _kill(self, process):
        """x86 runs through sudo where this is not root; then so does the kill."""
        if self.arch == "x64":
            process.kill()
        else:
            subprocess.run(privileged(["kill", "-9", str(process.pid)]), check=False)

    def look(self, *arguments, timeout=45, **options):
        """run, for what only looks and so may be asked twice. Once in some ten thousand runs a program that is
        done in a moment neither ends nor says a word under Wine on a loaded machine."""
        try:
            return self.run(*arguments, timeout=timeout, **options)
        except subprocess.TimeoutExpired as late:
            print(late, *late.__notes__, "asked again", sep="\n", file=sys.stderr)
            return self.run(*arguments, timeout=timeout, **options)

    def processes(self):
        """What runs in this prefix: (process id of this machine, words of its command line)."""
        mine = f"WINEPREFIX={self.environment['WINEPREFIX']}".encode()
        for entry in pathlib.Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                if mine in (entry / "environ").read_bytes().split(b"\0"):
                    words = (entry / "cmdline").read_bytes().decode("utf-8", "replace")
                    yield int(entry.name), words.split("\0")[:-1]
            except OSError:
                pass  # it has ended

    def standing(self):
        """One line for each process of this prefix, and in what call of the kernel each thread is, for a report
        on what hangs."""
        lines = []
        for pid, words in self.processes():
            threads = []
            for thread in pathlib.Path(f"/proc/{pid}/task").glob("*"):
                try:
                    name = (thread / "comm").read_text("utf-8", "replace").strip()
                    state = (thread / "stat").read_text("utf-8", "replace").rsplit(")", 1)[1].split()[0]
                    threads.append(f"{name} {state} {(thread / 'wchan').read_text('ascii')}")
                except OSError:
                    pass
            lines.append(f"  {pid} {' '.join(words)}: {', '.join(threads)}")
        return "\n".join(lines)

    def server(self, *arguments):
        """wineserver -k ends everything of this prefix, -w waits for its end."""
        subprocess.run(self._command("wineserver", arguments), env=self._process_environment(),
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)

    def _process_environment(self):
        return self.environment if self.arch == "x64" else dict(os.environ)

    def drive_c(self, windows_path):
        """The file of this machine behind C:\\...; names are matched without regard to case."""
        path = self.prefix / "drive_c"
        for part in windows_path.split("\\")[1:]:
            if not part:
                continue
            exact = path / part
            if not exact.exists() and path.is_dir():
                for entry in os.listdir(path):
                    if entry.lower() == part.lower():
                        exact = path / entry
                        break
            path = exact
        return path


def _succeeds(*command):
    return subprocess.run(command, check=False, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL).returncode == 0


@functools.cache
def _not_randomised():
    return NOT_RANDOMISED if _succeeds(*NOT_RANDOMISED, "true") else []


@functools.cache
def _may_unshare():
    return _succeeds(*privileged(["unshare", "--mount", "true"]))


def available(arch):
    """Why this architecture cannot be run here, or None."""
    if arch == "x64":
        if pathlib.Path("/usr/lib/wine/wine64").exists() or shutil.which("wine64"):
            return None
        return "64-bit Wine is not installed"
    if not (CHROOT / "usr/lib/wine/wine").exists():
        return f"no 32-bit Wine in {CHROOT}"
    if not _succeeds(*privileged(["true"])):
        return "the i386 chroot needs root or sudo without a password"
    return None
