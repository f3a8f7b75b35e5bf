"""The finished exe: at most 2.5 MB, its debug file beside it, and no build time in its
header, since two builds of one commit give the same bytes."""

import pathlib
import struct
import sys

exe = pathlib.Path(sys.argv[1])
image = exe.read_bytes()
header, = struct.unpack_from("<I", image, 0x3C)
built, = struct.unpack_from("<I", image, header + 8)
print(f"{len(image)} bytes, TimeDateStamp {built}")
sys.exit(0 if len(image) <= 2_500_000 and built == 0 and
         exe.with_name(exe.name + ".debug").exists() else 1)
