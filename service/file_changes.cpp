// WindowsFileChanges: folders and files of the repair.
#include "core/windows_path.h"
#include "service/file_facts.h"
#include "service/win32/access.h"
#include "service/win32/file_io.h"
#include "service/win32/last_error.h"
#include "service/win32/text.h"

#include <cstdint>
#include <string_view>

namespace imshealth {
namespace {

/// Access list and attributes of a file that is about to be replaced.
class Appearance {
 public:
  explicit Appearance(const std::wstring& path) : attributes_(GetFileAttributesW(path.c_str())) {
    DWORD size = 0;
    GetFileSecurityW(path.c_str(), DACL_SECURITY_INFORMATION, nullptr, 0, &size);
    descriptor_.resize(size / sizeof(std::uint64_t) + 1);
    readable_ = size > 0 && GetFileSecurityW(path.c_str(), DACL_SECURITY_INFORMATION,
                                             descriptor_.data(), size, &size);
  }

  bool exists() const { return attributes_ != INVALID_FILE_ATTRIBUTES; }
  bool readOnly() const { return exists() && (attributes_ & FILE_ATTRIBUTE_READONLY) != 0; }

  Result<void> giveAccessListTo(const std::string& path) {
    if (readable_ &&
        !SetFileSecurityW(toWide(path).c_str(), DACL_SECURITY_INFORMATION, descriptor_.data())) {
      return lastError(path);
    }
    return {};
  }
  void giveAttributesTo(const std::wstring& path) const {
    if (exists()) {
      SetFileAttributesW(path.c_str(), attributes_);
    }
  }

 private:
  DWORD attributes_;
  std::vector<std::uint64_t> descriptor_;  // aligned for the structure
  bool readable_ = false;
};

/// A loaded library can be renamed though not deleted: it goes when nobody has it any more.
void deleteNowOrLater(const std::wstring& path) {
  if (!DeleteFileW(path.c_str())) {
    MoveFileExW(path.c_str(), nullptr, MOVEFILE_DELAY_UNTIL_REBOOT);
  }
}

/// A name that nothing has yet: what was moved aside before may still be loaded, and can then
/// neither be deleted nor written over.
Result<std::wstring> moveOutOfTheWay(const std::string& path) {
  const auto aside = moveAside(path, "replaced");
  if (!aside) {
    return aside.error();
  }
  return toWide(*aside);
}

/// Renames what stands in the way, and puts it back where the new file does not get there.
Result<void> moveAsideAndIn(const std::string& from, const std::string& to) {
  const auto aside = moveOutOfTheWay(to);
  if (!aside) {
    return aside.error();
  }
  if (auto moved = moveOver(from, to); !moved) {
    MoveFileExW(aside->c_str(), toWide(to).c_str(), MOVEFILE_REPLACE_EXISTING);
    return moved;
  }
  deleteNowOrLater(*aside);
  return {};
}

}  // namespace

Result<void> WindowsFileChanges::makeFolder(const std::string& path) {
  const DWORD attributes = GetFileAttributesW(toWide(path).c_str());
  if (attributes != INVALID_FILE_ATTRIBUTES) {
    if ((attributes & FILE_ATTRIBUTE_DIRECTORY) != 0) {
      return {};
    }
    return windowsError(path, ERROR_ALREADY_EXISTS);
  }
  const std::string above(folderOf(path));
  if (above.empty()) {
    return windowsError(path, ERROR_PATH_NOT_FOUND);
  }
  if (auto made = makeFolder(above); !made) {
    return made;
  }
  AdministratorsOnly access;
  if (!CreateDirectoryW(toWide(path).c_str(), access.attributes())) {
    return lastError(path);
  }
  return {};
}

Result<void> WindowsFileChanges::replace(const std::string& path,
                                         const std::vector<std::uint8_t>& bytes) {
  const std::wstring target = toWide(path);
  Appearance before(target);
  const std::string beside = path + ".new";
  auto done = writeFreshFile(
      beside, std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
  if (done) {
    done = before.giveAccessListTo(beside);
  }
  if (done) {
    if (before.readOnly()) {
      SetFileAttributesW(target.c_str(), FILE_ATTRIBUTE_NORMAL);
    }
    done = moveOver(beside, path);
    if (!done && before.exists()) {
      done = moveAsideAndIn(beside, path);
    }
    before.giveAttributesTo(target);
  }
  if (!done) {
    DeleteFileW(toWide(beside).c_str());
  }
  return done;
}

Result<void> WindowsFileChanges::remove(const std::string& path) {
  const std::wstring target = toWide(path);
  if (DeleteFileW(target.c_str())) {
    return {};
  }
  DWORD code = GetLastError();
  if (code == ERROR_FILE_NOT_FOUND || code == ERROR_PATH_NOT_FOUND) {
    return {};
  }
  // Only of a read-only file the attribute is in the way.
  if (code == ERROR_ACCESS_DENIED && SetFileAttributesW(target.c_str(), FILE_ATTRIBUTE_NORMAL)) {
    if (DeleteFileW(target.c_str())) {
      return {};
    }
    code = GetLastError();
  }
  if (const auto aside = moveOutOfTheWay(path)) {
    deleteNowOrLater(*aside);
    return {};
  }
  return windowsError(path, code);
}

}  // namespace imshealth
