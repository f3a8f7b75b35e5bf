#!/usr/bin/env python3
"""The finished exe imports nothing newer than the oldest Windows it is for, and its header says so.

usage: import_audit.py OBJDUMP EXE TABLES x86|x64

A lost link option or a newer function shows up nowhere else: Wine exports everything. A name that the
tables do not know counts as too new: it has to be looked up first, then added.
"""

import csv
import pathlib
import re
import subprocess
import sys

VERSIONS = ["NT4", "2000", "XP", "2003", "Vista", "7", "8", "10", "11"]
NEWEST = {"x86": "NT4", "x64": "Vista"}
HEADER = {"x86": (4, 0), "x64": (6, 0)}
# Import libraries of x64 take the C runtime from msvcrt.dll of Vista and later, which exports all of them.
X64_RUNTIME = "msvcrt.dll"
KNOWN_DLLS = {"advapi32.dll", "kernel32.dll", "msvcrt.dll"}


def known(tables):
    first = {}
    for table in ("min-version.tsv", "additions.tsv"):
        with open(tables / table, encoding="utf-8") as lines:
            for row in csv.DictReader(lines, delimiter="\t"):
                first[row["dll"].lower(), row["function"]] = (row["first_version"], row.get("confidence"))
    with open(tables / "msvcrt-min-version.tsv", encoding="utf-8") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            first.setdefault(("msvcrt.dll", row["name"]), (row["first_version"], None))
    return first


def imports(dump):
    dll = None
    for line in dump.splitlines():
        if match := re.match(r"\s+DLL Name: (\S+)", line):
            dll = match[1].lower()
        elif dll and (match := re.match(r"\s+[0-9a-f]+\s+(?:\d+|<none>)\s+(?:[0-9a-f]+\s+)?([A-Za-z_?@$][\w?@$]*)\s*$", line)):
            yield dll, match[1]
        elif line.startswith("PE File Base Relocations") or line.startswith("There is an export"):
            dll = None


def main():
    objdump, exe, tables, target = sys.argv[1:]
    dump = subprocess.run([objdump, "-p", exe], check=True, capture_output=True, text=True).stdout
    first = known(pathlib.Path(tables))
    newest = VERSIONS.index(NEWEST[target])
    faults, count = [], 0
    for dll, name in imports(dump):
        count += 1
        if target == "x64" and dll == X64_RUNTIME:
            continue
        version, confidence = first.get((dll, name), (None, None))
        if version is None:
            faults.append(f"{dll} {name}: not in the tables")
        elif target == "x86" and confidence == "low":
            faults.append(f"{dll} {name}: perhaps since {version}")
        elif VERSIONS.index(version) > newest:
            faults.append(f"{dll} {name}: since {version}")
    for field in ("OSystem", "Subsystem"):
        major = int(re.search(rf"Major{field}Version\s+(\d+)", dump)[1])
        minor = int(re.search(rf"Minor{field}Version\s+(\d+)", dump)[1])
        if (major, minor) != HEADER[target]:
            faults.append(f"{field} version {major}.{minor}, not {HEADER[target]}")
    # Taken in before the first instruction, and before XP SP1 out of the current directory; but not these, which
    # the system has loaded already or knows (KnownDLLs).
    faults += [f"{dll} is imported" for dll in sorted({dll for dll, _ in imports(dump)} - KNOWN_DLLS)]
    if count < 50:
        faults.append(f"only {count} imports read: objdump's output has changed")
    print(f"{count} imports, newest allowed: {NEWEST[target]}")
    print("\n".join(faults))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
