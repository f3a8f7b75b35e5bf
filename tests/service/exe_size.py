"""The exe is at most 2.5 MB as the Explorer counts them, stripped, and its debug file lies beside it."""

import pathlib
import sys

exe = pathlib.Path(sys.argv[1])
size = exe.stat().st_size
print(f"{size} bytes")
sys.exit(0 if size <= 2.5 * 1024 * 1024 and exe.with_name(exe.name + ".debug").exists() else 1)
