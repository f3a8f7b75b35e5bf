"""Arrows run one way, service -> core -> config, and only service/ knows Windows."""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
INCLUDE = re.compile(r'^\s*#\s*include\s*["<]([^">]+)[">]', re.MULTILINE)
# Headers of the Windows SDK start like this; none of ours or of the libraries does.
WINDOWS = re.compile(r"^(win|ntsecapi|aclapi|sddl|tlhelp|psapi|process\.h|io\.h|direct\.h)")
TYPES = re.compile(r"\b(HANDLE|DWORD|HKEY|LPCWSTR|WINAPI|_WIN32)\b")
ALLOWED = {"config": ("config/",), "core": ("config/", "core/")}


def without_comments_and_strings(text):
    return re.sub(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"', " ", text, flags=re.DOTALL)


def complaints():
    for room, allowed in ALLOWED.items():
        for path in sorted((ROOT / room).glob("*")):
            if path.suffix not in (".h", ".cpp"):
                continue
            name = path.relative_to(ROOT)
            text = path.read_text("utf-8")
            for header in INCLUDE.findall(text):
                if WINDOWS.match(header.lower()):
                    yield f"{name} includes {header}"
                if header.startswith(("config/", "core/", "service/")) and \
                        not header.startswith(allowed):
                    yield f"{name} includes {header}, against the arrows"
            for word in TYPES.findall(without_comments_and_strings(text)):
                yield f"{name} uses {word}"


found = list(complaints())
print("\n".join(found) or "core/ and config/ know no Windows and include along the arrows")
sys.exit(1 if found else 0)
