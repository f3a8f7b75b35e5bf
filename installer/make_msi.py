#!/usr/bin/env python3
"""Makes one MSI out of imshealth.wxs.in, the exe and the texts.

    make_msi.py --arch x64 --version 1.2.3 --link URL --exe imshealth.exe --msi OUT --work FOLDER

Two runs over the same files give the same bytes: all GUIDs are derived, all times are fixed. wixl knows a
part of WiX only; what it cannot say is set afterwards in the tables.
"""

import argparse
import hashlib
import os
import pathlib
import re
import shutil
import struct
import subprocess
import uuid

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent

# Frozen: names the family of all versions and machine types, and the name space of all derived GUIDs.
UPGRADE_CODE = uuid.UUID("5B1E0C4D-6C0F-4F4B-9E55-3B8C6D1A2F70")

TEXTS = ["config/policy.schema.json", "config/samples/minimal.jsonc", "config/samples/complete.jsonc",
         "installer/README.txt", "installer/THIRD-PARTY.txt", "installer/fleet/traps.cnf",
         "installer/fleet/forward.xml", "LICENSE"]

MACHINES = {
    "x64": {"WIN64": "yes", "PROGRAM_FILES": "ProgramFiles64Folder",
            "SCHEMA": "200"},  # the first schema that knows x64
    "x86": {"WIN64": "no", "PROGRAM_FILES": "ProgramFilesFolder",
            "SCHEMA": "110"},  # Windows Installer 1.1, which NT 4.0 can have
}

SYSTEMS = {
    "x64": ("VersionNT64 >= 600",
            "The x64 package is for Windows Vista, Windows Server 2008 and later; older systems take the "
            "x86 package."),
    # Where there is an x64 package, the x86 exe would see SysWOW64's counter texts and the 64-bit registry.
    "x86": ("(VersionNT > 400 OR (VersionNT = 400 AND ServicePackLevel >= 6)) "
            "AND (NOT VersionNT64 OR VersionNT64 < 600)",
            "The x86 package is for Windows NT 4.0 with Service Pack 6a and later; x64 editions of Windows "
            "Vista, Windows Server 2008 and later take the x64 package."),
}

# 1980-01-01, the oldest time that a cabinet can name.
FIXED_TIME = 315532800


def derive(*name):
    return str(uuid.uuid5(UPGRADE_CODE, "/".join(name))).upper()


def gather(exe, folder):
    """All that goes in, in one folder, since wixl takes relative paths only."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shutil.copy(exe, folder / "imshealth.exe")
    for text in TEXTS:
        source = ROOT / text
        name = source.name if source.suffix else source.name + ".txt"
        # Line ends as the Notepad of NT 4.0 wants them.
        (folder / name).write_bytes(source.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
    contents = sorted(folder.iterdir())
    for file in contents:
        os.utime(file, (FIXED_TIME, FIXED_TIME))
    return contents


def short_name(name):
    """File names of the packages carry their 8.3 form, which a volume without long names needs."""
    stem, dot, ending = name.rpartition(".") if "." in name else (name, "", "")
    if len(stem) <= 8 and len(ending) <= 3 and "." not in stem:
        return name
    return f"{re.sub('[.-]', '', stem)[:6].upper()}~1{dot}{ending[:3].upper()}|{name}"


def finishing(arch, version, contents):
    """SQL for what wixl 0.101 has no words for."""
    system, system_text = SYSTEMS[arch]
    conditions = [
        ("Installed OR NOT NEWERFOUND",
         f"A newer version of IMS Health Monitor is installed. Version {version} does not replace it; "
         "remove the newer one first."),
        ("Installed OR " + system, system_text),
        ("Installed OR Privileged", "IMS Health Monitor is installed by an administrator."),
        ('Installed OR NOT MODE OR MODE="alert" OR MODE="repair"', "MODE is alert or repair."),
    ]
    for condition, text in conditions:
        yield f"INSERT INTO `LaunchCondition` (`Condition`, `Description`) VALUES ('{condition}', '{text}')"
    for table in ("InstallExecuteSequence", "InstallUISequence"):
        yield f"INSERT INTO `{table}` (`Action`, `Sequence`) VALUES ('LaunchConditions', 100)"
    # Both ends of the version range belong to it (256, 512), the features' states are kept (1).
    yield "DELETE FROM `Upgrade` WHERE `ActionProperty` = 'OLDERFOUND'"
    yield ("INSERT INTO `Upgrade` (`UpgradeCode`, `VersionMin`, `VersionMax`, `Attributes`, `ActionProperty`) "
           f"VALUES ('{{{str(UPGRADE_CODE).upper()}}}', '0.0.0', '{version}', 769, 'OLDERFOUND')")
    # REG_EXPAND_SZ.
    yield "UPDATE `Registry` SET `Value` = '#%[#imshealth.exe]' WHERE `Name` = 'EventMessageFile'"
    yield f"UPDATE `File` SET `Version` = '{version}.0', `Language` = '1033' WHERE `File` = 'imshealth.exe'"
    for file in contents:
        if short_name(file.name) != file.name:
            identifier = file.name.replace("-", "_")  # which may not hold every letter that a name may
            yield f"UPDATE `File` SET `FileName` = '{short_name(file.name)}' WHERE `File` = '{identifier}'"
    yield f"UPDATE `Directory` SET `DefaultDir` = '{short_name('ImsHealth')}' WHERE `Directory` = 'INSTALLDIR'"
    # What the tables cannot say is done by the exe itself: the data folder with its access list, the first
    # policy.json, quotes around the service's path, failure actions. In the script, as SYSTEM (1024, 2048),
    # the file that was just installed (18); a failure rolls everything back. What was asked for counts at
    # the first installation only, when an administrator speaks, never at a repair that a user can start.
    for name, condition, arguments in (
            ("SetMode", "MODE AND NOT Installed", "--mode [MODE]"),
            ("SetPolicy", "POLICY AND NOT MODE AND NOT Installed", '--policy "[POLICY]"'),
            ("SetModeAndPolicy", "POLICY AND MODE AND NOT Installed", '--mode [MODE] --policy "[POLICY]"')):
        yield ("INSERT INTO `CustomAction` (`Action`, `Type`, `Source`, `Target`) "
               f"VALUES ('{name}', 51, 'FirstPolicy', '{arguments}')")
        yield ("INSERT INTO `InstallExecuteSequence` (`Action`, `Condition`, `Sequence`) "
               f"VALUES ('{name}', '{condition}', {1020 + len(name)})")
    yield ("INSERT INTO `CustomAction` (`Action`, `Type`, `Source`, `Target`) "
           f"VALUES ('PrepareServer', {18 + 1024 + 2048}, 'imshealth.exe', 'install [FirstPolicy]')")
    yield ("INSERT INTO `InstallExecuteSequence` (`Action`, `Condition`, `Sequence`) "
           "VALUES ('PrepareServer', 'NOT REMOVE', 5850)")  # between InstallServices and StartServices
    # The folder of the last installation, unless another one is asked for. In the registry's view of the
    # package (16: 64 bits), the value as it is (2).
    yield ("INSERT INTO `RegLocator` (`Signature_`, `Root`, `Key`, `Name`, `Type`) "
           f"VALUES ('LastFolder', 2, 'SOFTWARE\\ImsHealth', 'Folder', {18 if arch == 'x64' else 2})")
    yield "INSERT INTO `AppSearch` (`Property`, `Signature_`) VALUES ('LASTFOLDER', 'LastFolder')"
    yield ("INSERT INTO `CustomAction` (`Action`, `Type`, `Source`, `Target`) "
           "VALUES ('SetLastFolder', 51, 'INSTALLDIR', '[LASTFOLDER]')")
    # With its full interface the installer settles the folder there already.
    for table in ("InstallExecuteSequence", "InstallUISequence"):
        yield f"INSERT INTO `{table}` (`Action`, `Sequence`) VALUES ('AppSearch', 110)"
        yield (f"INSERT INTO `{table}` (`Action`, `Condition`, `Sequence`) "
               "VALUES ('SetLastFolder', 'LASTFOLDER AND NOT INSTALLDIR', 120)")
    # An upgrade keeps the service: one that somebody looks at (services.msc) is not gone when it is deleted (1072),
    # and a failing upgrade could not give back all that was set for it.
    yield ("UPDATE `InstallExecuteSequence` SET `Condition` = 'VersionNT AND NOT UPGRADINGPRODUCTCODE' "
           "WHERE `Action` = 'DeleteServices'")
    # Behind StopServices: waits until the service has stopped. Its failure ends nothing (64), the installer has its
    # own ways with files in use.
    yield ("INSERT INTO `CustomAction` (`Action`, `Type`, `Source`, `Target`) "
           f"VALUES ('AwaitStop', {18 + 64 + 1024 + 2048}, 'imshealth.exe', 'uninstall --only-stop')")
    yield ("INSERT INTO `InstallExecuteSequence` (`Action`, `Condition`, `Sequence`) "
           "VALUES ('AwaitStop', 'Installed', 1950)")
    # A property is set where the sequence stands, not in the script (51).
    yield "UPDATE `CustomAction` SET `Type` = 51 WHERE `Action` = 'SetInstallLocation'"
    yield "UPDATE `InstallExecuteSequence` SET `Sequence` = 1010 WHERE `Action` = 'SetInstallLocation'"


def fix_times(msi):
    """The summary says when it was made and saved; both become FIXED_TIME."""
    made = bytearray(msi.read_bytes())
    summary = made.index(uuid.UUID("f29f85e0-4ff9-1068-ab91-08002b27b3d9").bytes_le)
    section = summary - 28 + struct.unpack_from("<I", made, summary + 16)[0]
    count = struct.unpack_from("<I", made, section + 4)[0]
    for index in range(count):
        kind, offset = struct.unpack_from("<II", made, section + 8 + 8 * index)
        if kind in (12, 13):  # PID_CREATE_DTM, PID_LASTSAVE_DTM
            if struct.unpack_from("<I", made, section + offset)[0] != 64:  # VT_FILETIME
                raise SystemExit("the summary of the package is not as expected")
            ticks = (FIXED_TIME + 11644473600) * 10_000_000
            struct.pack_into("<Q", made, section + offset + 4, ticks)
    msi.write_bytes(made)


def main():
    options = argparse.ArgumentParser()
    for name in ("arch", "version", "link", "exe", "msi", "work"):
        options.add_argument("--" + name, required=True)
    options.add_argument("--wixl", default="wixl")
    options.add_argument("--msibuild", default="msibuild")
    given = options.parse_args()

    folder = pathlib.Path(given.work).resolve() / "files"
    contents = gather(given.exe, folder)
    template = (HERE / "imshealth.wxs.in").read_text("utf-8")
    digest = hashlib.sha256(b"".join(file.name.encode() + file.read_bytes() for file in contents))
    digest.update(template.encode() + pathlib.Path(__file__).read_bytes())

    values = dict(MACHINES[given.arch], ARCH=given.arch, VERSION=given.version, LINK=given.link,
                  UPGRADE_CODE=str(UPGRADE_CODE).upper(),
                  PRODUCT_CODE=derive("product", given.version, given.arch))
    for component in ("PROGRAM", "DOCUMENTS", "SAMPLES", "FLEET"):
        values[component + "_GUID"] = derive("component", component, given.arch)
    (folder / "imshealth.wxs").write_text(
        re.sub("@([A-Z0-9_]+)@", lambda match: values[match[1]], template), "utf-8")

    new = folder.parent / "new.msi"
    new.unlink(missing_ok=True)
    subprocess.run([given.wixl, "--arch", given.arch, "-o", str(new), "imshealth.wxs"], cwd=folder, check=True)
    queries = list(finishing(given.arch, given.version, contents))
    subprocess.run([given.msibuild, str(new), "-q", *queries], check=True)
    # The package code names the contents, so it is derived from them.
    template_property = {"x64": "x64;1033", "x86": "Intel;1033"}[given.arch]
    package_code = derive("package", given.version, given.arch, digest.hexdigest())
    subprocess.run([given.msibuild, str(new), "-s", f"IMS Health Monitor {given.version} ({given.arch})",
                    "The IMS Health Monitor authors", template_property, "{" + package_code + "}"], check=True)
    fix_times(new)
    new.replace(given.msi)


main()
