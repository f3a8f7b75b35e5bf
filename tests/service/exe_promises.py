#!/usr/bin/env python3
"""What the program never does (README.md), as far as its import table, its texts and its sources can show it.

    exe_promises.py OBJDUMP EXE SOURCE

A function that the exe neither imports nor names in a text, by which it could be looked up, is not called. So whole families
are looked for; what only looks like one of them is listed with its reason.
"""

import pathlib
import re
import subprocess
import sys

# Names of functions. In a text they count as a word of it.
FUNCTIONS = {
    "opens no port": r"WSA[A-Z]\w+|\w*[Ss]ocket[A-Z]*|AcceptEx|ConnectEx|Http[A-Z]\w+|Internet[A-Z]\w+|WinHttp\w+",
    "offers no RPC interface": r"I?_?Rpc[A-Z]\w+|Ndr[A-Z]\w+|CoRegister\w+",
    "starts no service": r"\w*StartService[AW]?|\w*LoadDriver",
    "restarts no server": r"\w*Shutdown\w*|ExitWindows\w*|\w*SetSystemPowerState|\w*RaiseHardError",
    "writes into no other process": r"\w*WriteProcessMemory|\w*WriteVirtualMemory|VirtualAllocEx\w*|CreateRemoteThread\w*"
                                    r"|(Nt|Zw)CreateThread\w*|\w*OpenThread|\w*SetWindowsHook\w*",
    "enables no privilege": r"\w*Adjust\w*(Token|Privilege)\w*",
    "uses no shell": r"_?w?popen|_w?(exec|spawn)[lv]p?e?|ShellExec\w*|WinExec|LoadModule"
                     r"|CreateProcess(A|As\w+|With\w+)|Create\w*ProcessEx",
    "takes no DLL by a search path that others set": r"SetCurrentDirectory[AW]",
    "controls no service but its own": r"OpenServiceA|ControlServiceEx\w|ChangeServiceConfig2?A|SetServiceObjectSecurity",
}
# Names of functions that are words of English too: they count as a whole text only.
WORDS = {
    "opens no port": {"bind", "listen", "accept", "connect"},
    "uses no shell": {"system", "_wsystem"},
}
# Files, in whatever spelling and wherever in a text.
FILES = {
    "opens no port": r"(ws2_32|wsock32|mswsock|httpapi|wininet|winhttp)\b",
    "offers no RPC interface": r"rpcrt4\b",
    "uses no shell": r"comspec|(cmd|command|powershell|pwsh|wscript|cscript|mshta)\.(exe|com)\b",
}
TEXTS_THAT_ARE_NONE = {
    "system": "a key of the facts' JSON (core/facts_json.cpp)",
    '"%ComSpec%" /c exit 1': "a line of the script that a person runs (core/plan_script.cpp)",
}
# Rights that change nothing.
QUERY = {"SERVICE_QUERY_STATUS", "SERVICE_QUERY_CONFIG"}


def imports(objdump, exe):
    text = subprocess.run([objdump, "-p", exe], check=True, capture_output=True, text=True).stdout
    return set(re.findall(r"^\s+[0-9a-f]+\s+(?:\d+|<none>)\s+(?:[0-9a-f]+\s+)?([A-Za-z_]\w*)\s*$", text, re.M))


def texts(exe):
    """Of one byte a character and of two. What lies before a text may seem to be its first letter."""
    image = pathlib.Path(exe).read_bytes()
    narrow = {found.decode("ascii") for found in re.findall(rb"[ -~]{4,}", image)}
    wide = {found.decode("utf-16-le") for found in re.findall(rb"(?:[ -~]\0){4,}", image)}
    return narrow, wide


def breaches(imported, strings):
    for promise, names in FUNCTIONS.items():
        yield from (f"{promise}: imports {name}" for name in imported if re.fullmatch(names, name))
        yield from (f"{promise}: names {text!r}" for text in strings if re.search(rf"\b(?:{names})\b", text))
    for promise, names in WORDS.items():
        yield from (f"{promise}: imports {name}" for name in imported & names)
        yield from (f"{promise}: names {text!r}" for text in strings & names)
    for promise, names in FILES.items():
        yield from (f"{promise}: names {text!r}" for text in strings if re.search(names, text, re.I))


def arguments(text, begin):
    """Of the call whose opening bracket is at `begin`."""
    found, depth = [""], 0
    for letter in text[begin:]:
        depth += (letter in "([{") - (letter in ")]}")
        if depth == 0:
            return [" ".join(each.split()) for each in found]
        if letter == "," and depth == 1:
            found.append("")
        elif depth > 1 or letter != "(":
            found[-1] += letter
    raise ValueError(text[begin:begin + 80])


def other_services(source):
    """Calls that get more than a look at a service, and not at its own; the number of all."""
    count, found = 0, []
    for file in sorted(source.glob("service/**/*")):
        if file.suffix not in (".cpp", ".h", ".c"):
            continue
        text = re.sub(r"//.*", "", file.read_text("utf-8"))
        for call in re.finditer(r"\b(OpenService|CreateService)\w*", text):
            count += 1
            line = f"{file.relative_to(source)}:{text.count(chr(10), 0, call.start()) + 1}"
            if text[call.end():call.end() + 1] != "(":
                found.append(f"{line}: {call[0]} is not called here")
                continue
            words = arguments(text, call.end())
            looks = call[1] == "OpenService" and set(re.split(r"\s*\|\s*", words[2])) <= QUERY
            if not looks and words[1] != "serviceName":
                found.append(f"{line}: {call[0]} of {words[1]}")
    return count, found


def main():
    objdump, exe, source = sys.argv[1:]
    imported = imports(objdump, exe)
    narrow, wide = texts(exe)
    if "CreateProcessW" not in imported:
        sys.exit("objdump's output has changed: CreateProcessW is not found among the imports")
    if "RegisterServiceCtrlHandlerExW" not in narrow or not any("advapi32.dll" in text for text in wide):
        sys.exit("the texts of the exe are not found: a function and a module that it looks up are missing")
    calls, other = other_services(pathlib.Path(source))
    if calls < 4:
        sys.exit("the sources no longer say OpenService: what opens a service now?")
    strings = (narrow | wide) - TEXTS_THAT_ARE_NONE.keys()
    broken = sorted(breaches(imported, strings)) + [f"controls no service but its own: {each}" for each in other]
    print("\n".join(broken) or f"{len(imported)} imports and {len(narrow) + len(wide)} texts, none that breaks a promise")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
