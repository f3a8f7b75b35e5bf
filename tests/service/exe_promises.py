#!/usr/bin/env python3
"""What the program never does (README.md), as far as its import table can show it.

    exe_promises.py OBJDUMP EXE SOURCE
"""

import pathlib
import re
import subprocess
import sys

# A function that is not imported is not called; what is looked up at run time is named in the sources.
NEVER = {
    "opens no port": ["socket", "bind", "listen", "accept", "WSASocketA", "WSASocketW", "connect"],
    "offers no RPC interface": ["RpcServerListen", "RpcServerUseProtseqEpW", "RpcServerRegisterIf"],
    "starts no service": ["StartServiceA", "StartServiceW"],
    "restarts no server": ["ExitWindowsEx", "InitiateSystemShutdownA", "InitiateSystemShutdownW"],
    "writes into no other process": ["WriteProcessMemory", "CreateRemoteThread", "OpenThread"],
    "enables no privilege": ["AdjustTokenPrivileges"],
    "uses no shell": ["system", "_wsystem", "_popen", "_wpopen", "ShellExecuteA", "ShellExecuteW", "WinExec"],
    "takes no DLL by a search path that others set": ["SetCurrentDirectoryA", "SetCurrentDirectoryW"],
}


def imports(objdump, exe):
    text = subprocess.run([objdump, "-p", exe], check=True, capture_output=True, text=True).stdout
    return set(re.findall(r"^\s+[0-9a-f]+\s+(?:\d+|<none>)\s+(?:[0-9a-f]+\s+)?([A-Za-z_]\w*)\s*$", text, re.M))


def looked_up(source):
    """Names in the sources of what may be called without being imported."""
    names = set()
    for file in source.glob("service/**/*.cpp"):
        names |= set(re.findall(r'"([A-Za-z_]\w*)"', file.read_text("utf-8")))
    return names


def main():
    objdump, exe, source = sys.argv[1:]
    imported = imports(objdump, exe)
    if "CreateProcessW" not in imported:
        sys.exit("objdump's output has changed: CreateProcessW is not found among the imports")
    reachable = imported | looked_up(pathlib.Path(source))
    broken = [f"{promise}: {name}" for promise, names in NEVER.items() for name in names if name in reachable]
    # The one service whose control and configuration it changes is its own.
    opened = set()
    for file in pathlib.Path(source).glob("service/**/*.cpp"):
        text = file.read_text("utf-8")
        if "ControlService(" in text or "DeleteService(" in text:
            opened |= set(re.findall(r"OpenServiceW\(\s*\w+\.get\(\),\s*([^,]+),", text))
    if opened != {"serviceName"}:
        broken.append(f"controls no service but its own: {sorted(opened)}")
    print("\n".join(broken) or f"{len(imported)} imports, none that breaks a promise")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
