"""The stripped exe grows no further, and its debug file lies beside it.

The aim is 2.5 MB; what the JSON, schema and command-line libraries bring has to shrink for that.
"""

import pathlib
import sys

exe = pathlib.Path(sys.argv[1])
size = exe.stat().st_size
print(f"{size} bytes")
sys.exit(0 if size <= 3_900_000 and exe.with_name(exe.name + ".debug").exists() else 1)
