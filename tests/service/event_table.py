"""The table of events in service/README.md says what service/messages.mc says: ids, severities, number of strings."""

import re
import sys

TYPES = {"Informational": "Information", "Warning": "Warning", "Error": "Error"}


def messages(path):
    for block in re.split(r"^MessageId=", open(path, encoding="utf-8").read(), flags=re.M)[1:]:
        text = block.split("Language=English", 1)[1]
        inserts = {int(n) for n in re.findall(r"%(\d+)", text)}
        yield int(re.match(r"\d+", block)[0]), (TYPES[re.search(r"Severity=(\w+)", block)[1]], inserts)


def rows(path):
    for line in open(path, encoding="utf-8"):
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if len(cells) == 5 and cells[0].isdigit():
            strings = len(cells[3].split(","))
            yield int(cells[0]), (cells[1], set(range(1, strings + 1)))


told, written = dict(messages(sys.argv[1])), dict(rows(sys.argv[2]))
faults = [f"{id}: messages.mc {told.get(id)}, README {written.get(id)}"
          for id in sorted(told.keys() | written.keys()) if told.get(id) != written.get(id)]
print("\n".join(faults) or f"{len(told)} events agree")
sys.exit(1 if faults or len(told) < 15 else 0)
