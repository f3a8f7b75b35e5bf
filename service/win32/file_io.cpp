#include "service/win32/file_io.h"

#include "service/win32/handles.h"
#include "service/win32/last_error.h"
#include "service/win32/text.h"

#include <fmt/format.h>

namespace imshealth {

Result<UniqueFile> openOnDisk(const std::string& path) {
  // A name may turn out to be a pipe, whose owner must not act in our name for it.
  UniqueFile file(
      CreateFileW(toWide(path).c_str(), GENERIC_READ,
                  FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, nullptr, OPEN_EXISTING,
                  FILE_FLAG_SEQUENTIAL_SCAN | SECURITY_SQOS_PRESENT | SECURITY_ANONYMOUS, nullptr));
  if (!file) {
    return lastError(path);
  }
  if (GetFileType(file.get()) != FILE_TYPE_DISK) {
    return Error(ErrorKind::unsupported, path, 0, "a device or a pipe, not a file");
  }
  return file;
}

Result<std::string> readWholeFile(const std::string& path, std::uint64_t limit) {
  const auto file = openOnDisk(path);
  if (!file) {
    return file.error();
  }
  std::string bytes;
  for (;;) {
    char chunk[16384];
    DWORD read = 0;
    if (!ReadFile(file->get(), chunk, sizeof chunk, &read, nullptr)) {
      return lastError(path);
    }
    if (read == 0) {
      return bytes;
    }
    if (bytes.size() + read > limit) {
      return Error(ErrorKind::unsupported, path, 0, fmt::format("larger than {} bytes", limit));
    }
    bytes.append(chunk, read);
  }
}

namespace {

Result<void> write(const std::string& path, std::string_view bytes, DWORD disposition) {
  const UniqueFile file(CreateFileW(toWide(path).c_str(), GENERIC_WRITE, 0, nullptr, disposition,
                                    FILE_ATTRIBUTE_NORMAL, nullptr));
  if (!file) {
    return lastError(path);
  }
  while (!bytes.empty()) {
    DWORD written = 0;
    const DWORD size = bytes.size() > 65536 ? 65536 : static_cast<DWORD>(bytes.size());
    if (!WriteFile(file.get(), bytes.data(), size, &written, nullptr)) {
      return lastError(path);
    }
    bytes.remove_prefix(written);
  }
  if (!FlushFileBuffers(file.get())) {
    return lastError(path);
  }
  return {};
}

}  // namespace

Result<void> writeWholeFile(const std::string& path, std::string_view bytes) {
  return write(path, bytes, CREATE_ALWAYS);
}

Result<void> writeFreshFile(const std::string& path, std::string_view bytes) {
  DeleteFileW(toWide(path).c_str());  // of a link, the link
  return write(path, bytes, CREATE_NEW);
}

Result<void> moveOver(const std::string& from, const std::string& to) {
  const std::wstring source = toWide(from);
  const std::wstring target = toWide(to);
  constexpr int tries = 5;
  for (int attempt = 1;; ++attempt) {
    if (MoveFileExW(source.c_str(), target.c_str(),
                    MOVEFILE_REPLACE_EXISTING | MOVEFILE_WRITE_THROUGH)) {
      return {};
    }
    const DWORD code = GetLastError();
    const bool inUse = code == ERROR_SHARING_VIOLATION || code == ERROR_ACCESS_DENIED;
    if (!inUse || attempt == tries) {
      return windowsError(to, code);
    }
    Sleep(20);
  }
}

Result<std::string> moveAside(const std::string& path, std::string_view why) {
  SYSTEMTIME now;
  GetSystemTime(&now);
  const std::string name =
      fmt::format("{}.{}-{:04}{:02}{:02}-{:02}{:02}{:02}{:03}", path, why, now.wYear, now.wMonth,
                  now.wDay, now.wHour, now.wMinute, now.wSecond, now.wMilliseconds);
  constexpr int sameMoment = 100;  // the clock may tick every 16 ms only, or be set back
  std::string target = name;
  for (int count = 2;; ++count) {
    if (MoveFileExW(toWide(path).c_str(), toWide(target).c_str(), MOVEFILE_WRITE_THROUGH)) {
      return target;
    }
    const DWORD code = GetLastError();
    const bool taken = code == ERROR_ALREADY_EXISTS || code == ERROR_FILE_EXISTS;
    if (!taken || count > sameMoment) {
      return windowsError(path, code);
    }
    target = name + '-' + std::to_string(count);
  }
}

}  // namespace imshealth
