"""PE images: the import name that the lab replaces, and images that are wrong in one way."""

import struct


def _sections(image, pe):
    count, = struct.unpack_from("<H", image, pe + 6)
    optional, = struct.unpack_from("<H", image, pe + 20)
    for i in range(count):
        at = pe + 24 + optional + 40 * i
        size, address, raw_size, raw = struct.unpack_from("<4I", image, at + 8)
        yield address, max(size, raw_size), raw


def import_names(image):
    """Pairs of (file offset, name) of the DLLs a PE image imports."""
    pe, = struct.unpack_from("<I", image, 0x3C)
    magic, = struct.unpack_from("<H", image, pe + 24)
    directory, = struct.unpack_from("<I", image, pe + 24 + (112 if magic == 0x20B else 96) + 8)

    def offset(address):
        for start, size, raw in _sections(image, pe):
            if start <= address < start + size:
                return raw + address - start
        raise ValueError(f"address {address:#x} is in no section")

    at = offset(directory)
    while True:
        name, = struct.unpack_from("<I", image, at + 12)
        if name == 0:
            return
        start = offset(name)
        yield start, bytes(image[start:image.index(0, start)]).decode("ascii")
        at += 20


def replace_import(path, old, new):
    """Replaces one import name by another of the same length, and nothing else in the file."""
    assert len(old) == len(new)
    before = path.read_bytes()
    places = [at for at, name in import_names(before) if name.lower() == old.lower()]
    if len(places) != 1:
        raise RuntimeError(f"{path} imports {old} {len(places)} times")
    after = bytearray(before)
    after[places[0]:places[0] + len(old)] = new.encode("ascii")
    changed = [i for i, (a, b) in enumerate(zip(before, after)) if a != b]
    assert len(before) == len(after) and changed
    assert all(places[0] <= i < places[0] + len(old) for i in changed)
    path.write_bytes(after)
    assert path.read_bytes() == bytes(after)


def other_machine(image):
    """The same image as if built for Alpha, the other processor Exchange 5.5 ran on."""
    changed = bytearray(image)
    pe, = struct.unpack_from("<I", changed, 0x3C)
    struct.pack_into("<H", changed, pe + 4, 0x184)
    return bytes(changed)


def sixteen_bit():
    """The headers of a 16-bit library."""
    image = bytearray(1024)
    image[0:2] = b"MZ"
    struct.pack_into("<I", image, 0x3C, 0x80)
    image[0x80:0x82] = b"NE"
    struct.pack_into("<H", image, 0x80 + 0x0C, 0x8000)
    image[0x80 + 0x36] = 2
    return bytes(image)


def truncated(image):
    return image[:len(image) // 3]
