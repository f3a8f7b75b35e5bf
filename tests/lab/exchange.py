"""A server that looks like Exchange 5.5: folders, registry, counters. And the ways it can be broken."""

import image

BIN = "C:\\exchsrvr\\bin"
LIBRARY = BIN + "\\imsperf.dll"
SERVER = "C:\\exchsrvr\\connect\\msexcimc\\bin\\msexcimc.exe"
SERVICES = "HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services"
PERFLIB = "HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Perflib"
IMC = SERVICES + "\\MSExchangeIMC"
IMC_PERFORMANCE = IMC + "\\Performance"
SYSTEM32 = "C:\\windows\\system32"
RECOVERY = "C:\\exchsrvr\\recovery"
TRUSTED_COPY = RECOVERY + "\\imsperf.dll"
TERMINAL_SERVER = "HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\Terminal Server"
# The event source of lodctr and unlodctr, under its name before Vista and since; NT 4.0 has none. 32-bit Wine
# stands for the systems before Vista.
LOADPERF = {arch: SERVICES + "\\EventLog\\Application\\" + source
            for arch, source in (("x86", "LoadPerf"), ("x64", "Microsoft-Windows-LoadPerf"))}
CLUSTER = "HKEY_LOCAL_MACHINE\\Cluster"
INDEX_VALUES = ["First Counter", "Last Counter", "First Help", "Last Help"]
TEXT_FILES = ["perfc009.dat", "perfh009.dat"]  # names, helps
REG_SZ, REG_DWORD = 1, 4

LAST_BASE = 1846  # the system's own counters end here
IMC_COUNTERS = [
    ("MSEXCHANGEIMC", "MSExchangeIMC", "Counters of the Internet Mail Service"),
    ("QUEUED_MTS_IN", "Queued MTS-IN", "Messages that wait for delivery inside Exchange"),
    ("QUEUED_MTS_OUT", "Queued MTS-OUT", "Messages that wait for conversion"),
    ("QUEUED_INBOUND", "Queued Inbound", "Messages received from the Internet"),
    ("QUEUED_OUTBOUND", "Queued Outbound", "Messages that wait to be sent"),
    ("CONNECTIONS_OUT", "Connections Outbound", "SMTP connections to other hosts"),
]
# Services in the order in which their counters were loaded; IMC is neither first nor last, so that
# a repair that touched a neighbour would show.
LOADED = [
    ("MSExchangeDS", "perfdsa.dll", ["MSExchangeDS", "Pending Replication", "AB Browses", "Reads"]),
    ("MSExchangeIMC", "imsperf.dll", [name for _, name, _ in IMC_COUNTERS]),
    ("MSExchangeIS", "mdbperf.dll", ["MSExchangeIS", "User Count", "Connections"]),
    ("MSExchangeMTA", "mtaperf.dll", ["MSExchangeMTA", "Messages", "Work Queue Length"]),
]
DISPLAY = {"MSExchangeDS": "Microsoft Exchange Directory",
           "MSExchangeIMC": "Microsoft Exchange Internet Mail Service",
           "MSExchangeIS": "Microsoft Exchange Information Store",
           "MSExchangeMTA": "Microsoft Exchange Message Transfer Agent"}


def ranges():
    """service -> (First Counter, Last Counter)."""
    found, first = {}, LAST_BASE + 2
    for service, _, names in LOADED:
        found[service] = (first, first + 2 * (len(names) - 1))
        first += 2 * len(names)
    return found


def texts():
    """The name and help texts of the whole server: two dicts, index -> text."""
    names, helps = {1: str(LAST_BASE + 1)}, {}
    for index in range(2, LAST_BASE + 1, 2):
        names[index] = f"System counter {index}"
        helps[index + 1] = f"What system counter {index} counts"
    help_of = {name: text for _, name, text in IMC_COUNTERS}
    for service, _, counters in LOADED:
        first = ranges()[service][0]
        for i, name in enumerate(counters):
            names[first + 2 * i] = name
            helps[first + 2 * i + 1] = help_of.get(name, f"What {name} counts")
    return names, helps


def text_file(entries):
    pairs = "".join(f"{index}\0{text}\0" for index, text in sorted(entries.items()))
    return (pairs + "\0").encode("utf-16-le")


def parse_text_file(raw):
    words = raw.decode("utf-16-le").split("\0")
    return {int(words[i]): words[i + 1] for i in range(0, len(words) - 1, 2) if words[i]}


def numbers(key):
    """The numbers among the values of a key of Lab.counters()."""
    return {name: int.from_bytes(bytes.fromhex(data), "little")
            for name, (kind, data) in key.items() if kind == REG_DWORD}


def object_list(key):
    """Of a Performance key of Lab.counters(); empty where it has none."""
    _, data = key.get("Object List", (REG_SZ, ""))
    return bytes.fromhex(data).decode("utf-16-le").rstrip("\0")


def symbol_file():
    return "".join(f"#define {symbol} {2 * i}\r\n"
                   for i, (symbol, _, _) in enumerate(IMC_COUNTERS)).encode("ascii")


def counter_file():
    lines = ["[info]", "drivername=MSExchangeIMC", "symbolfile=imcperf.h", "",
             "[objects]", "MSEXCHANGEIMC_009_NAME=MSExchangeIMC", "",
             "[languages]", "009=English", "", "[text]"]
    for symbol, name, text in IMC_COUNTERS:
        lines += [f"{symbol}_009_NAME={name}", f"{symbol}_009_HELP={text}"]
    return ("\r\n".join(lines) + "\r\n").encode("cp1252")


def registry(arch):
    """The look-alike's registry: key -> {value: data}."""
    all_ranges = ranges()
    last = max(last for _, last in all_ranges.values())
    setup = {name: "C:\\exchsrvr" for name in ("Services", "Internet", "MSMailConnector", "X400")}
    keys = {
        PERFLIB: {"Last Counter": last, "Last Help": last + 1, "Base Index": LAST_BASE + 1,
                  "Version": 0x10001},
        PERFLIB + "\\009": {},
        LOADPERF[arch]: {},
        "HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Exchange\\Setup":
            setup | {"AdminDest": BIN, "Build": 1960, "NewestBuild": 2653},
    }
    for service, library, _ in LOADED:
        first, last = all_ranges[service]
        keys[f"{SERVICES}\\{service}"] = {
            "DisplayName": DISPLAY[service], "ErrorControl": 1, "ImagePath": SERVER,
            "ObjectName": "LocalSystem", "Start": 2 if service == "MSExchangeIMC" else 3,
            "Type": 0x10}
        keys[f"{SERVICES}\\{service}\\Performance"] = {
            "Library": f"{BIN}\\{library}", "Open": "OpenImcPerformanceData",
            "Collect": "CollectImcPerformanceData", "Close": "CloseImcPerformanceData",
            "First Counter": first, "Last Counter": last, "First Help": first + 1,
            "Last Help": last + 1, "Object List": str(first)}
    # A crashing library ends its process, no debugger starts; a service needs no screen.
    keys["HKEY_LOCAL_MACHINE\\Software\\Microsoft\\Windows NT\\CurrentVersion\\AeDebug"] = {
        "Auto": "0", "Debugger": ""}
    keys["HKEY_CURRENT_USER\\Software\\Wine\\DllOverrides"] = {
        name: "native" for name in ("wevtapi", "lodctr.exe", "unlodctr.exe", "regsvr32.exe")}
    keys["HKEY_CURRENT_USER\\Software\\Wine\\Drivers"] = {"Graphics": "null"}
    # How long a service may take to answer its start: 30 s as on Windows, where Wine's own is 10 s.
    keys["HKEY_LOCAL_MACHINE\\System\\CurrentControlSet\\Control"] = {"ServicesPipeTimeout": "30000"}
    return keys


def registry_script(keys):
    """A file for regedit. A value None is deleted, a key None is deleted whole; numbers are
    REG_DWORD, strings REG_SZ."""
    lines = ["REGEDIT4", ""]
    for key, values in keys.items():
        if values is None:
            lines += [f"[-{key}]", ""]
            continue
        lines.append(f"[{key}]")
        for name, data in values.items():
            if data is None:
                lines.append(f'"{name}"=-')
            elif isinstance(data, int):
                lines.append(f'"{name}"=dword:{data:08x}')
            else:
                escaped = data.replace("\\", "\\\\").replace('"', '\\"')
                lines.append(f'"{name}"="{escaped}"')
        lines.append("")
    return "\r\n".join(lines).encode("cp1252")


def lay_out(lab):
    """Files of the look-alike into a fresh prefix."""
    drive = lab.wine.prefix / "drive_c"
    folder = drive / "exchsrvr" / "bin"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "imcperf.ini").write_bytes(counter_file())
    (folder / "imcperf.h").write_bytes(symbol_file())
    good = (lab.bin / "imsperf.dll").read_bytes()
    for _, library, _ in LOADED:
        (folder / library).write_bytes(good)
    recovery = drive / "exchsrvr" / "recovery"
    recovery.mkdir(exist_ok=True)
    (recovery / "imsperf.dll").write_bytes(good)
    server = lab.wine.drive_c(SERVER)
    if not server.exists():  # afterwards it may be running
        server.parent.mkdir(parents=True)
        server.write_bytes((lab.bin / "imcserver.exe").read_bytes())
    for name, entries in zip(TEXT_FILES, texts()):
        (lab.wine.drive_c(SYSTEM32) / name).write_bytes(text_file(entries))


def heal(lab):
    """Takes every fault away again, but that of a service that is not installed."""
    drive = lab.wine.prefix / "drive_c"
    (drive / "exchsrvr" / "bin").chmod(0o755)
    for name in TEXT_FILES:
        (lab.wine.drive_c(SYSTEM32) / name).unlink(missing_ok=True)
    lay_out(lab)
    lab.settings()
    keys = {CLUSTER: None, SERVICES + "\\ClusSvc": None, TERMINAL_SERVER: {"TSAppCompat": None}}
    keys |= registry(lab.arch)
    keys[IMC_PERFORMANCE] = {"Disable Performance Counters": None} | keys[IMC_PERFORMANCE]
    lab.registry(keys)


# The faults. Each is named as the thing that is wrong and takes the lab.

def missing_counters(lab):
    """As unlodctr leaves it: no index values, no texts."""
    first, last = ranges()["MSExchangeIMC"]
    for name in TEXT_FILES:
        path = lab.wine.drive_c(SYSTEM32) / name
        kept = parse_text_file(path.read_bytes())
        path.write_bytes(text_file({i: t for i, t in kept.items() if not first <= i <= last + 1}))
    lab.registry({IMC_PERFORMANCE: {name: None for name in [*INDEX_VALUES, "Object List"]}})


def some_index_values_missing(lab):
    lab.registry({IMC_PERFORMANCE: {"First Help": None, "Last Help": None}})


def inconsistent_counters(lab):
    """Names an object outside the service's own range."""
    lab.registry({IMC_PERFORMANCE: {"Object List": "9998"}})


def unsafe_range(lab):
    """Claims the texts of the directory service too; unlodctr would delete them."""
    first = ranges()["MSExchangeDS"][0]
    lab.registry({IMC_PERFORMANCE: {"First Counter": first, "First Help": first + 1}})


def not_registered(lab):
    lab.registry({IMC_PERFORMANCE: {name: None for name in ("Library", "Open", "Collect", "Close")}})


def collect_value_missing(lab):
    lab.registry({IMC_PERFORMANCE: {"Collect": None}})


def counters_disabled(lab):
    lab.registry({IMC_PERFORMANCE: {"Disable Performance Counters": 1}})


def service_not_installed(lab):
    """The counters are there, the Internet Mail Service is not (Q163727)."""
    performance = registry(lab.arch)[IMC_PERFORMANCE]
    lab.wine.run("sc", "stop", "MSExchangeIMC", check=False)
    lab.wine.run("sc", "delete", "MSExchangeIMC")
    lab.registry({IMC: None, IMC_PERFORMANCE: performance})


def cluster_node(lab):
    lab.registry({CLUSTER: {"ClusterName": "LABCLUSTER"},
                  SERVICES + "\\ClusSvc": {"ImagePath": "C:\\windows\\cluster\\clussvc.exe",
                                           "Type": 0x10, "Start": 3, "ErrorControl": 1}})


def terminal_server(lab):
    """An application server, and nobody has said change user /install."""
    lab.registry({TERMINAL_SERVER: {"TSAppCompat": 1}})


def library_elsewhere(lab):
    """Library names a folder that is not Exchange's (Q171259)."""
    folder = lab.wine.prefix / "drive_c" / "elsewhere"
    folder.mkdir(exist_ok=True)
    (folder / "imsperf.dll").write_bytes((lab.bin / "imsperf.dll").read_bytes())
    lab.registry({IMC_PERFORMANCE: {"Library": "C:\\elsewhere\\imsperf.dll"}})


def range_of_a_neighbour(lab):
    """The values of the directory service, as cluster replication may leave them (Q237541)."""
    first, last = ranges()["MSExchangeDS"]
    lab.registry({IMC_PERFORMANCE: {"First Counter": first, "First Help": first + 1,
                                    "Last Counter": last, "Last Help": last + 1}})


def totals_are_zero(lab):
    """As the lodctr of NT 4.0 leaves them after a language without texts (Q170840)."""
    lab.registry({PERFLIB: {"Last Counter": 0, "Last Help": 0}})


def language_without_texts(lab):
    path = lab.wine.drive_c(BIN) / "imcperf.ini"
    path.write_bytes(path.read_bytes().replace(b"009=English\r\n",
                                               b"009=English\r\n00C=French\r\n"))


def untrusted_folder(lab):
    """Everybody may write Exchange's bin folder."""
    lab.wine.drive_c(BIN).chmod(0o777)


def _library(name):
    def swap(lab):
        lab.wine.drive_c(LIBRARY).write_bytes((lab.bin / f"{name}.dll").read_bytes())
    return swap


def _changed_library(change):
    def swap(lab):
        path = lab.wine.drive_c(LIBRARY)
        path.write_bytes(change(path.read_bytes()))
    return swap


def _without(folder, name):
    return lambda lab: (lab.wine.drive_c(folder) / name).unlink()


def _behaves(procedure, how):
    return lambda lab: lab.settings(imsperf={procedure: how})


FAULTS = {
    "missingCounters": missing_counters,
    "someIndexValuesMissing": some_index_values_missing,
    "inconsistentCounters": inconsistent_counters,
    "unsafeRange": unsafe_range,
    "notRegistered": not_registered,
    "collectValueMissing": collect_value_missing,
    "countersDisabled": counters_disabled,
    "serviceNotInstalled": service_not_installed,
    "clusterNode": cluster_node,
    "terminalServer": terminal_server,
    "libraryElsewhere": library_elsewhere,
    "rangeOfANeighbour": range_of_a_neighbour,
    "totalsAreZero": totals_are_zero,
    "languageWithoutTexts": language_without_texts,
    "untrustedFolder": untrusted_folder,
    "missingLibrary": _without(BIN, "imsperf.dll"),
    "otherVersion": _library("imsperf_other_version"),
    "noRegisterServer": _library("imsperf_no_register"),
    "noCollectExport": _library("imsperf_no_collect"),
    "absentDependency": _library("imsperf_absent_dependency"),
    "otherMachine": _changed_library(image.other_machine),
    "sixteenBit": _changed_library(lambda _: image.sixteen_bit()),
    "truncated": _changed_library(image.truncated),
    "textFile": _changed_library(lambda _: b"This is not a library.\r\n" * 50),
    "openFails": _behaves("open", "1003"),
    "openRefuses": _behaves("open", "2"),
    "openSaysInvalidParameter": _behaves("open", "87"),
    "openSaysBadKey": _behaves("open", "1010"),
    "openDenied": _behaves("open", "5"),
    "openNotReady": _behaves("open", "21"),
    "openHangs": _behaves("open", "hang"),
    "openCrashes": _behaves("open", "crash"),
    "openOverflowsStack": _behaves("open", "stackOverflow"),
    "openExits": _behaves("open", "exitProcess"),
    "openPrintsForEver": _behaves("open", "endlessOutput"),
    "counterFileMissing": _without(BIN, "imcperf.ini"),
    "counterFileInvalid": lambda lab: (lab.wine.drive_c(BIN) / "imcperf.ini").write_bytes(
        b"[info]\r\ndrivername=\r\n"),
    "symbolFileMissing": _without(BIN, "imcperf.h"),
    "symbolFileInvalid": lambda lab: (lab.wine.drive_c(BIN) / "imcperf.h").write_bytes(
        b"#define MSEXCHANGEIMC 1\r\n"),
    "textFilesMissing": _without(SYSTEM32, "perfc009.dat"),
    "textFilesReadOnly": lambda lab: (lab.wine.drive_c(SYSTEM32) / "perfc009.dat").chmod(0o444),
}
