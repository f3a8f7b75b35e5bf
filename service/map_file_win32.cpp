#include "service/map_file.h"
#include "service/win32/handles.h"
#include "service/win32/last_error.h"
#include "service/win32/text.h"

namespace imshealth {
namespace {

/// A name may turn out to be a pipe, whose owner must not act in our name for it.
Result<UniqueFile> openOnDisk(const std::string& path) {
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

}  // namespace

Result<std::vector<std::uint8_t>> readBeginning(const std::string& path, std::size_t size) {
  const auto file = openOnDisk(path);
  if (!file) {
    return file.error();
  }
  std::vector<std::uint8_t> bytes(size);
  DWORD read = 0;
  if (!ReadFile(file->get(), bytes.data(), static_cast<DWORD>(size), &read, nullptr)) {
    return lastError(path);
  }
  bytes.resize(read);
  return bytes;
}

Result<MappedFile> MappedFile::open(const std::string& path) {
  const auto file = openOnDisk(path);
  if (!file) {
    return file.error();
  }
  DWORD high = 0;
  const DWORD low = GetFileSize(file->get(), &high);
  if (low == INVALID_FILE_SIZE && GetLastError() != NO_ERROR) {
    return lastError(path);
  }
  if (high != 0) {
    return Error(ErrorKind::unsupported, path, 0, "the file is larger than 4 GB");
  }
  if (low == 0) {
    return MappedFile(std::span<const std::uint8_t>());  // an empty file cannot be mapped
  }
  const UniqueHandle mapping(
      CreateFileMappingW(file->get(), nullptr, PAGE_READONLY, 0, 0, nullptr));
  if (!mapping) {
    return lastError(path);
  }
  const void* memory = MapViewOfFile(mapping.get(), FILE_MAP_READ, 0, 0, 0);
  if (memory == nullptr) {
    return lastError(path);
  }
  return MappedFile({static_cast<const std::uint8_t*>(memory), low});
}

MappedFile::~MappedFile() {
  if (bytes_.data() != nullptr) {
    UnmapViewOfFile(bytes_.data());
  }
}

}  // namespace imshealth
