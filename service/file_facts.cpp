#include "service/file_facts.h"

#include "core/windows_path.h"
#include "service/path_security.h"
#include "service/win32/file_io.h"
#include "service/win32/handles.h"
#include "service/win32/last_error.h"
#include "service/win32/sid_text.h"
#include "service/win32/text.h"

namespace imshealth {
namespace {

bool isAbsence(DWORD code) {
  return code == ERROR_FILE_NOT_FOUND || code == ERROR_PATH_NOT_FOUND;
}

/// Opened for writing and closed again: nothing is written, and others may go on using it.
bool isLockedForWriting(const std::wstring& path) {
  const UniqueFile file(CreateFileW(path.c_str(), GENERIC_WRITE,
                                    FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, nullptr,
                                    OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, nullptr));
  const DWORD code = file ? ERROR_SUCCESS : GetLastError();
  return code == ERROR_SHARING_VIOLATION || code == ERROR_LOCK_VIOLATION;
}

DriveKind driveKindOf(const std::wstring& root) {
  switch (GetDriveTypeW(root.c_str())) {
    case DRIVE_FIXED: return DriveKind::fixed;
    case DRIVE_REMOVABLE: return DriveKind::removable;
    case DRIVE_REMOTE: return DriveKind::remote;
    case DRIVE_CDROM: return DriveKind::optical;
    case DRIVE_RAMDISK: return DriveKind::ramDisk;
    default: return DriveKind::unknown;
  }
}

/// "C:\", "C:\a", "C:\a\b.dll".
std::vector<std::string> elementsOf(const std::string& path) {
  std::vector<std::string> elements{path};
  for (std::string_view above = folderOf(path); !above.empty(); above = folderOf(above)) {
    elements.emplace(elements.begin(), above);
  }
  return elements;
}

}  // namespace

FileFact WindowsFileFacts::examine(const std::string& path) const {
  FileFact fact{.path = path};
  const std::wstring wide = toWide(path);
  WIN32_FILE_ATTRIBUTE_DATA attributes;
  if (!GetFileAttributesExW(wide.c_str(), GetFileExInfoStandard, &attributes)) {
    const DWORD code = GetLastError();
    fact.error = isAbsence(code) ? 0 : code;
    return fact;
  }
  fact.exists = true;
  fact.isDirectory = (attributes.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) != 0;
  fact.readOnly = !fact.isDirectory && (attributes.dwFileAttributes & FILE_ATTRIBUTE_READONLY) != 0;
  fact.size = std::uint64_t{attributes.nFileSizeHigh} << 32 | attributes.nFileSizeLow;
  fact.lockedForWriting = !fact.isDirectory && !fact.readOnly && isLockedForWriting(wide);
  return fact;
}

Result<std::vector<std::uint8_t>> WindowsFileFacts::read(const std::string& path,
                                                         std::uint64_t limit) const {
  const auto bytes = readWholeFile(path, limit);
  if (!bytes) {
    return bytes.error();
  }
  return std::vector<std::uint8_t>(bytes->begin(), bytes->end());
}

PathTrust WindowsFileFacts::trustOf(const std::string& purpose, const std::string& path) const {
  PathTrust trust{.purpose = purpose, .path = path, .isUnc = isUncOrDevicePath(path)};
  if (trust.isUnc || !isPlainLocalPath(path)) {
    return trust;  // nothing there is asked for: a network path would send our credentials there
  }
  trust.drive = driveKindOf(toWide(path.substr(0, 3)));
  if (trust.drive == DriveKind::remote) {
    return trust;
  }
  for (const std::string& element : elementsOf(path)) {
    auto security = readPathElement(element);
    if (!security) {
      // What is missing cannot be changed by anyone; whoever makes it is seen next time.
      trust.error = isAbsence(security.error().systemCode) ? 0 : security.error().systemCode;
      break;
    }
    trust.elements.push_back(std::move(*security));
  }
  return trust;
}

std::string whyNotTrusted(const FileFacts& files, const std::string& purpose,
                          const std::string& path) {
  std::string why;
  for (const std::string& objection :
       objectionsTo(files.trustOf(purpose, path), processAccountSid())) {
    why += (why.empty() ? "" : "; ") + objection;
  }
  return why;
}

}  // namespace imshealth
