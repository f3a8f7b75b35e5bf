"""Runs the promises of an event source over the lab's log: run_contract.py x64|x86 TESTS.exe."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

import image  # noqa: E402
from lab import STAND_IN, Lab  # noqa: E402


def main():
    arch, tests, *arguments = sys.argv[1:]
    with Lab(arch, "contract") as lab:
        program = lab.wine.prefix / "drive_c" / "lab" / "contract_tests.exe"
        program.write_bytes(pathlib.Path(tests).read_bytes())
        image.replace_import(program, "ADVAPI32.dll", STAND_IN)
        code, output = lab.wine.run("C:\\lab\\contract_tests.exe", "-d", "yes", *arguments,
                                    timeout=540, check=False)
    print(output)
    return code


if __name__ == "__main__":
    sys.exit(main())
