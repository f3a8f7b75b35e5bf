// Who else could have put it there: a file or folder that non-administrators can write is never
// loaded, run or copied by a service that runs as LocalSystem.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace imshealth {

/// One access-control entry, as the system stores it.
struct AccessEntry {
  bool allow = true;
  bool inheritOnly = false;
  std::uint32_t mask = 0;  ///< generic rights already mapped or not: both are judged
  std::string sid;         ///< "S-1-5-32-544"

  bool operator==(const AccessEntry&) const = default;
};

enum class DriveKind { fixed, removable, remote, optical, ramDisk, unknown };

/// One file or folder on the way to something that would be loaded, run or copied.
struct PathElement {
  std::string path;
  bool isDirectory = false;
  bool reparsePoint = false;
  std::string owner;  ///< SID; empty: file system without security (FAT)
  std::optional<std::vector<AccessEntry>> entries;  ///< absent: no DACL, everyone may do all

  bool operator==(const PathElement&) const = default;
};

/// A path with its elements, from the drive's root down to itself.
struct PathTrust {
  std::string purpose;  ///< "library", "counter file", "symbol file", "trusted copy", "policy"
  std::string path;
  bool isUnc = false;
  DriveKind drive = DriveKind::fixed;
  std::vector<PathElement> elements;
  std::uint32_t error = 0;  ///< Win32 code where security could not be read: not trusted

  bool operator==(const PathTrust&) const = default;
};

/// Why this path is not to be trusted. Empty: only trusted accounts (SYSTEM, Administrators,
/// TrustedInstaller and `serviceAccount`, a SID that may be empty) can change anything on the way.
std::vector<std::string> objectionsTo(const PathTrust&, const std::string& serviceAccount);

/// The same of one file or folder alone, whatever is above it; of a folder, whether others can add
/// files or folders to it.
std::vector<std::string> objectionsTo(const PathElement&, const std::string& serviceAccount);

/// SYSTEM, Administrators, TrustedInstaller, or the account that this program runs as.
bool isTrustedAccount(const std::string& sid, const std::string& serviceAccount);

}  // namespace imshealth
