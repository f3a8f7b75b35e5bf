#!/usr/bin/env python3
"""Nothing works before main, where the search for DLLs is not restricted yet (service/README.md).

    static_constructors.py OBJDUMP NM ADDR2LINE EXE

Reads the finished exe, with the names out of EXE.debug: whatever its lists of constructors and start-up functions
name is followed, instruction by instruction, and may reach nothing but the functions below.
"""

import collections
import re
import struct
import subprocess
import sys

ALLOWED = {
    "atexit": "notes what to call at the end",
    "std::ios_base::Init::Init": "wraps the C runtime's three standard streams, opens nothing",
    "pthread_mutex_init": "a store; of the mutex in Boost.System's category of unknown errors",
    "boost::asio::detail::win_tss_ptr": "TlsAlloc and GetLastError, as below",
    "TlsAlloc": "takes a number in the process; where Asio notes which thread runs its loop",
    "GetLastError": "why TlsAlloc failed",
    "boost::system::error_code::error_code": "two stores and a question to its category; the same",
    "boost::asio::detail::throw_error": "ends the program if TlsAlloc failed; else returns",
    "boost::asio::detail::winsock_init_base::startup":
        "not reached: main.cpp's noWinsock comes first. If it were: no_winsock.c answers, not Winsock (import_audit)",
}
# To code without a name, which only the compiler's own libraries have.
ALLOWED_TO_LIBRARIES = {
    "malloc": "libstdc++ sets memory aside for exceptions when there is none left",
    "__gcc_register_frame": "tells the unwinder where its tables are; asks for libgcc's DLL only if that is loaded already",
    "__mingw_TLScallback": "the end of a thread: its destructors",
}
# .CRT$X?: what the C runtime calls itself, before the constructors.
ALLOWED_TO_RUNTIME = {
    "pre_c_init": "the mode of files, the kind of program",
    "pre_cpp_init": "the command line as arguments; no pattern is expanded",
    "__dyn_tls_init": "constructors of thread-local variables, of which there are none (table xd)",
    "__dyn_tls_pthread": "winpthreads' handler for names of threads; the end of a thread",
}


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


class Exe:
    def __init__(self, path, objdump, nm):
        with open(path, "rb") as file:
            self.image = file.read()
        header, = struct.unpack_from("<I", self.image, 0x3C)
        count, = struct.unpack_from("<H", self.image, header + 6)
        size, magic = struct.unpack_from("<H2xH", self.image, header + 20)
        self.word = "<Q" if magic == 0x20B else "<I"
        self.word_size = struct.calcsize(self.word)
        base, = struct.unpack_from(self.word, self.image, header + (48 if self.word_size == 8 else 52))
        self.sections = []
        for i in range(count):
            _, address, length, offset = struct.unpack_from("<4I", self.image, header + 24 + size + 40 * i + 8)
            self.sections.append((base + address, length, offset))
        self.names, self.addresses = collections.defaultdict(list), {}
        for line in output(nm, "-C", path + ".debug").splitlines():
            address, _, name = line.split(None, 2)
            if not name.startswith("."):  # a section
                self.names[int(address, 16)].append(plain(name))
                self.addresses[plain(name)] = int(address, 16)
        self.code, previous = {}, None
        for line in output(objdump, "-d", "--no-show-raw-insn", path).splitlines():
            if match := re.match(r"\s*([0-9a-f]+):\t(.*)", line):
                address = int(match[1], 16)
                if previous:
                    previous[1] = address
                self.code[address] = previous = [match[2], None]

    def words(self, begin, end):
        for address, length, offset in self.sections:
            if address <= begin and end <= address + length:
                return [struct.unpack_from(self.word, self.image, offset + a - address)[0]
                        for a in range(begin, end, self.word_size)]
        sys.exit(f"{begin:#x}: in no section")

    def constructors(self):
        """The linker's __CTOR_LIST__, which has no symbol: -1, the constructors, 0."""
        ours = {address for address, names in self.names.items()
                if any(name.startswith("_GLOBAL__sub_I") for name in names)}
        if not ours:
            sys.exit("nm's output has changed: no constructor is found")
        first = struct.pack(self.word, 2 ** (8 * self.word_size) - 1)
        at = self.image.find(first)
        while at >= 0:
            found = []
            for word, in struct.iter_unpack(self.word, self.image[at + len(first):][:len(first) * 10_000]):
                if word not in self.code:
                    break
                found.append(word)
            if ours <= set(found):
                return found
            at = self.image.find(first, at + 1)
        sys.exit("the exe's list of constructors is not found")

    def table(self, name):
        """One of the C runtime's tables of functions."""
        if f"__{name}_a" not in self.addresses:
            sys.exit(f"nm's output has changed: no __{name}_a")
        return [word for word in self.words(self.addresses[f"__{name}_a"], self.addresses[f"__{name}_z"]) if word]

    def reached(self, function):
        """The names of the functions that it calls. Code without a name is followed."""
        reached, seen, ahead = set(), set(), [function]
        while ahead:
            address = ahead.pop()
            while address not in seen:
                seen.add(address)
                if address not in self.code:
                    sys.exit(f"{address:#x}: objdump sees no instruction there")
                text, following = self.code[address]
                if match := re.match(r"(?:[\w.]+ )*(call|j[a-z]+)\s+(\S.*)", text):
                    if direct := re.match(r"0x([0-9a-f]+)", match[2]):
                        target = int(direct[1], 16)
                        if target != function and self.names.get(target):
                            reached.add(self.called(target))
                        else:
                            ahead.append(target)
                    elif slot := re.match(r"\*0x[0-9a-f]+\(%rip\)\s+# 0x([0-9a-f]+)|\*0x([0-9a-f]+)$", match[2]):
                        reached.add(self.called(int(slot[1] or slot[2], 16)))
                    else:
                        reached.add(f"the address {match[2]}")
                if re.match(r"(?:[\w.]+ )*(ret|jmp|ud2)", text):
                    break
                address = following
        return reached

    def called(self, address):
        # The linker lays functions of the same bytes onto each other.
        names = self.names.get(address, [f"{address:#x}"])
        return next((name for name in names if base(name) in ALLOWED), names[0])


def plain(name):
    """As in the source: without the marks of imported and of stdcall functions."""
    return re.sub(r"^_*imp_+|@\d+$", "", name)


def base(name):
    return re.split(r"[(<]", name)[0]


def main():
    objdump, nm, addr2line, path = sys.argv[1:]
    exe = Exe(path, objdump, nm)
    faults, total = [], 0

    def check(function, what, allowed):
        for called in sorted(exe.reached(function)):
            if base(called) not in allowed:
                source = re.sub(r".*\.\./", "", output(addr2line, "-e", path + ".debug", hex(function)).strip())
                name = exe.names.get(function, [f"{function:#x}"])[0]
                faults.append(f"{source}: {what} {name} calls {called}")

    for constructor in exe.constructors():
        total += 1
        check(constructor, "constructor", ALLOWED if exe.names.get(constructor) else ALLOWED | ALLOWED_TO_LIBRARIES)
    for table in ("xi", "xc", "xd", "xl"):
        for function in exe.table(table):
            total += 1
            if not exe.names.get(function):
                check(function, table, ALLOWED_TO_LIBRARIES)
            elif base(exe.names[function][0]) not in ALLOWED_TO_RUNTIME:
                faults.append(f"table {table}: {exe.names[function][0]}")
    print("\n".join(faults) or f"{total} constructors and start-up functions, none that does work")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
