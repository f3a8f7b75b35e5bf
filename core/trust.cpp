#include "core/trust.h"

#include "config/ascii.h"
#include "core/printable.h"
#include "core/windows_path.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace imshealth {
namespace {

// Access rights as the system defines them (winnt.h).
constexpr std::uint32_t kWriteOrAddFile = 0x0002;  // FILE_WRITE_DATA, of a folder FILE_ADD_FILE
constexpr std::uint32_t kAppend = 0x0004;          // FILE_APPEND_DATA
constexpr std::uint32_t kDeleteChild = 0x0040;
constexpr std::uint32_t kWriteAttributes = 0x0100;
constexpr std::uint32_t kDelete = 0x00010000;
constexpr std::uint32_t kWriteDacl = 0x00040000;
constexpr std::uint32_t kWriteOwner = 0x00080000;
constexpr std::uint32_t kGenericAll = 0x10000000;
constexpr std::uint32_t kGenericWrite = 0x40000000;

constexpr std::uint32_t kTakeOver = kDelete | kWriteDacl | kWriteOwner | kGenericAll;

// A file can be written, appended to, deleted, or be made a reparse point (which needs no more than
// the right to write attributes).
constexpr std::uint32_t kHarmfulOnFile =
    kTakeOver | kWriteOrAddFile | kAppend | kWriteAttributes | kGenericWrite;
// The folder of the file: Windows looks there first for the libraries that a library depends on, so
// one more file is enough. A new subfolder is not.
constexpr std::uint32_t kHarmfulOnLastFolder =
    kTakeOver | kDeleteChild | kWriteOrAddFile | kGenericWrite;
// A folder that is to hold nothing of anybody else's.
constexpr std::uint32_t kHarmfulOnOwnFolder =
    kHarmfulOnLastFolder | kAppend;  // of a folder FILE_ADD_SUBDIRECTORY
// Folders above: only who can delete or rename what is there can put something else in its place.
// Adding files or folders is what Windows lets every user do in C:\, and it harms nothing that
// exists.
constexpr std::uint32_t kHarmfulAbove = kTakeOver | kDeleteChild;

constexpr std::array<std::string_view, 3> kTrusted{
    "S-1-5-18",                                                        // SYSTEM
    "S-1-5-32-544",                                                    // Administrators
    "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464",  // TrustedInstaller
};

// No account's token holds these: they are filled in for new objects (CREATOR OWNER, CREATOR
// GROUP), or stand for the owner (OWNER RIGHTS), who is judged by himself.
constexpr std::array<std::string_view, 3> kNobody{"S-1-3-0", "S-1-3-1", "S-1-3-4"};

std::string accountName(const std::string& sid) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kKnown{{
      {"S-1-1-0", "Everyone"},
      {"S-1-5-11", "Authenticated Users"},
      {"S-1-5-32-545", "Users"},
      {"S-1-5-32-547", "Power Users"},
      {"S-1-5-4", "INTERACTIVE"},
      {"S-1-5-32-549", "Server Operators"},
  }};
  const auto known = std::ranges::find(kKnown, sid, [](const auto& entry) { return entry.first; });
  return known == kKnown.end() ? printable(sid) : std::string(known->second);
}

std::string_view nameOf(DriveKind drive) {
  switch (drive) {
    case DriveKind::fixed: return "a fixed disk";
    case DriveKind::removable: return "a removable drive";
    case DriveKind::remote: return "a network drive";
    case DriveKind::optical: return "an optical drive";
    case DriveKind::ramDisk: return "a RAM disk";
    case DriveKind::unknown: return "a drive of unknown kind";
  }
  return "a drive of unknown kind";
}

std::uint32_t harmfulRights(const PathElement& element, bool lastFolder) {
  if (!element.isDirectory) {
    return kHarmfulOnFile;
  }
  return lastFolder ? kHarmfulOnLastFolder : kHarmfulAbove;
}

void judge(const PathElement& element, std::uint32_t harmful, const std::string& serviceAccount,
           std::vector<std::string>& objections) {
  const std::string path = printable(element.path);
  if (element.reparsePoint) {
    objections.push_back(fmt::format("{} is a reparse point and may lead anywhere", path));
  }
  if (element.owner.empty()) {
    objections.push_back(fmt::format("{} lies on a file system without security", path));
    return;
  }
  if (!isTrustedAccount(element.owner, serviceAccount)) {
    objections.push_back(fmt::format("{} is owned by {}", path, accountName(element.owner)));
  }
  if (!element.entries) {
    objections.push_back(fmt::format("{} has no access list: everyone may change it", path));
    return;
  }
  // Entries that deny are left out: one that stands behind an allowing entry denies nothing.
  for (const AccessEntry& entry : *element.entries) {
    if (entry.allow && !entry.inheritOnly && (entry.mask & harmful) != 0 &&
        !isTrustedAccount(entry.sid, serviceAccount) &&
        std::ranges::find(kNobody, entry.sid) == kNobody.end()) {
      objections.push_back(fmt::format("{} can be changed by {} (rights 0x{:08X})", path,
                                       accountName(entry.sid), entry.mask & harmful));
    }
  }
}

// The last folder: of a file its parent, of a folder itself.
bool isLastFolder(const PathTrust& trust, std::size_t index) {
  const PathElement& element = trust.elements[index];
  return element.isDirectory && (index + 1 == trust.elements.size() ||
                                 equalsIgnoringCase(element.path, folderOf(trust.path)));
}

}  // namespace

bool isTrustedAccount(const std::string& sid, const std::string& serviceAccount) {
  return std::ranges::find(kTrusted, sid) != kTrusted.end() ||
         (!serviceAccount.empty() && sid == serviceAccount);
}

std::vector<std::string> objectionsTo(const PathElement& element,
                                      const std::string& serviceAccount) {
  std::vector<std::string> objections;
  judge(element, element.isDirectory ? kHarmfulOnOwnFolder : kHarmfulOnFile, serviceAccount,
        objections);
  return objections;
}

std::vector<std::string> objectionsTo(const PathTrust& trust, const std::string& serviceAccount) {
  const std::string path = printable(trust.path);
  if (trust.isUnc) {
    return {fmt::format("{} is a network or device path", path)};
  }
  if (!isPlainLocalPath(trust.path)) {
    return {fmt::format("\"{}\" is not a plain absolute path", path)};
  }
  std::vector<std::string> objections;
  if (trust.drive != DriveKind::fixed) {
    objections.push_back(fmt::format("{} lies on {}", path, nameOf(trust.drive)));
  }
  if (trust.error != 0) {
    objections.push_back(
        fmt::format("the security of {} cannot be read (error {})", path, trust.error));
  }
  if (trust.elements.empty() && trust.error == 0) {
    objections.push_back(fmt::format("nothing of {} could be examined", path));
  }
  for (std::size_t i = 0; i < trust.elements.size(); ++i) {
    const PathElement& element = trust.elements[i];
    judge(element, harmfulRights(element, isLastFolder(trust, i)), serviceAccount, objections);
  }
  return objections;
}

}  // namespace imshealth
