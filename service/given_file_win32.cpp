#include "service/data_folder.h"
#include "service/given_file.h"
#include "service/win32/file_io.h"
#include "service/win32/handles.h"
#include "service/win32/last_error.h"
#include "service/win32/text.h"

namespace imshealth {

Result<std::string> readGivenFile(const std::string& path, std::uint64_t limit) {
  return readWholeFile(path, limit);
}

std::string installedPolicyFile() {
  const auto folder = findDataFolder();
  if (!folder) {
    return {};
  }
  std::string file = folder->policyFile();
  return isSurelyMissing(file) ? std::string() : file;
}

bool hasService() {
  return true;
}

bool isSurelyMissing(const std::string& path) {
  if (GetFileAttributesW(toWide(path).c_str()) != INVALID_FILE_ATTRIBUTES) {
    return false;
  }
  const DWORD code = GetLastError();
  return code == ERROR_FILE_NOT_FOUND || code == ERROR_PATH_NOT_FOUND;
}

Result<void> writeNewFile(const std::string& path, std::string_view text) {
  const UniqueFile file(CreateFileW(toWide(path).c_str(), GENERIC_WRITE, 0, nullptr, CREATE_NEW,
                                    FILE_ATTRIBUTE_NORMAL, nullptr));
  if (!file) {
    const DWORD code = GetLastError();
    if (code == ERROR_FILE_EXISTS) {
      return Error(ErrorKind::inUse, path, code, "there is such a file already");
    }
    return windowsError(path, code);
  }
  DWORD written = 0;
  if (!WriteFile(file.get(), text.data(), static_cast<DWORD>(text.size()), &written, nullptr)) {
    return lastError(path);
  }
  return {};
}

}  // namespace imshealth
