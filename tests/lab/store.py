"""The lab's event log as a file: reads events and writes settings without starting Wine.
The layout is that of eventlog/store.h."""

import os
import struct
import time

HEADER = 4096
SETTINGS = {"serviceError": 56, "maxBytes": 60, "maxRecords": 64, "clearRestarts": 72, "notifyInterval": 76,
            "notifyPulse": 80, "evtBatchBound": 84}
INJECTIONS = 88
APIS = ["none", "openEventLog", "readEventLog", "notifyChange", "getCount", "getOldest",
        "reportEvent", "evtSubscribe", "evtNext", "evtRender", "evtQuery", "evtGetLogInfo",
        "evtCreateBookmark", "evtUpdateBookmark", "any"]
RECORD = struct.Struct("<IIQQIIIHHIIHHIIIII")
FORMS = ["generic", "classic", "manifest"]


class Event:
    """One record: number, source, id (32 bits), code (low 16), type, strings, data, form."""

    def __init__(self, raw):
        (size, form, self.number, self.file_time, self.generated, self.written, self.id, self.type,
         self.category, self.pid, self.tid, count, sid, data, source, computer, strings,
         _) = RECORD.unpack_from(raw)
        assert size == len(raw)
        self.form = FORMS[form]
        self.code = self.id & 0xFFFF
        at = RECORD.size
        self.source = raw[at:at + 2 * source - 2].decode("utf-16-le", "replace")
        at += 2 * source
        at += 2 * computer
        text = raw[at:at + 2 * strings].decode("utf-16-le", "replace")
        self.strings = text.split("\0")[:count]
        at += 2 * strings + sid
        self.data = raw[at:at + data]

    def __repr__(self):
        return f"#{self.number} {self.source} {self.code} type {self.type} {self.strings}"


class EventStore:
    def __init__(self, path):
        self._file = os.open(path, os.O_RDWR)
        (magic, self.capacity, self.slots) = struct.unpack("<8sII", os.pread(self._file, 16, 0))
        if magic != b"IMSLAB01":
            raise RuntimeError(f"{path} is not an event store")

    def close(self):
        os.close(self._file)

    def _number(self, offset, form="<I"):
        return struct.unpack(form, os.pread(self._file, struct.calcsize(form), offset))[0]

    def _write(self, offset, *numbers):
        os.pwrite(self._file, struct.pack(f"<{len(numbers)}I", *numbers), offset)

    @property
    def oldest(self):
        return self._number(16, "<Q")

    @property
    def next(self):
        return self._number(24, "<Q")

    def event(self, number):
        position = self._number(HEADER + 8 * (number % self.slots), "<Q") % self.capacity
        at = HEADER + 8 * self.slots + position
        event = Event(os.pread(self._file, self._number(at), at))
        return event if event.number == number else None

    def events(self, after=0):
        """A list, oldest first. A record overwritten while it is read is left out."""
        found = []
        for number in range(max(self.oldest, after + 1), self.next):
            event = self.event(number)
            if event is not None:
                found.append(event)
        return found

    def set(self, **settings):
        for name, value in settings.items():
            self._write(SETTINGS[name], int(value))

    def inject(self, api, error, count=1):
        """The api's next `count` calls fail with `error`."""
        self._write(INJECTIONS, APIS.index(api), error, count, 0)

    def service_down(self, error=1722):
        self._write(SETTINGS["serviceError"], error)

    def service_up(self):
        """Handles opened before are stale from now on."""
        self._write(52, self._number(52) + 1)
        self._write(SETTINGS["serviceError"], 0)

    def wait_for(self, wanted, after=0, timeout=30.0):
        """The first event after `after` that `wanted` takes; None when the time is over."""
        deadline = time.monotonic() + timeout
        while True:
            for event in self.events(after):
                if wanted(event):
                    return event
                after = event.number
            if time.monotonic() > deadline:
                return None
            time.sleep(0.02)
