"""Runs a test program in a fresh Wine prefix: under_wine.py TESTS.exe IMSHEALTH.exe [arguments].

The programs are copied beside each other into a folder with a blank and a letter beyond ASCII in its name. Without a Wine for
the program's processor the test fails. The exit code of Catch2 is the number of failures: none of them means more."""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lab"))
import wine  # noqa: E402


def machine(path):
    image = pathlib.Path(path).read_bytes()
    pe = int.from_bytes(image[0x3C:0x40], "little")
    return {0x8664: "x64", 0x14C: "x86"}[int.from_bytes(image[pe + 4:pe + 6], "little")]


def main():
    tests, product, *arguments = sys.argv[1:]
    arch = machine(tests)
    if why := wine.available(arch):
        sys.exit(why)
    parent = None if arch == "x64" else wine.CHROOT / "srv/lab"
    if parent:
        parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="service-", dir=parent) as folder:
        prefix = pathlib.Path(folder) / "prefix"
        prefix.mkdir()
        runner = wine.Wine(arch, prefix)
        place = pathlib.Path(folder) / "Prüf stand"
        place.mkdir()
        build = pathlib.Path(tests).parent
        for file in [tests, product, build / "service_child_tool.exe", build / "faulty_library.dll"]:
            shutil.copy2(file, place)
        inside = place if arch == "x64" else "/" / place.relative_to(wine.CHROOT)
        program = "Z:" + str(inside).replace("/", "\\") + "\\" + pathlib.Path(tests).name
        try:
            code, output = runner.run(program, *arguments, timeout=540, check=False)
            print(output)
            return code
        finally:
            runner.server("-k")
            runner.server("-w")


if __name__ == "__main__":
    sys.exit(main())
