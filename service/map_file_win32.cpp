#include "service/map_file.h"
#include "service/win32/file_io.h"
#include "service/win32/handles.h"
#include "service/win32/last_error.h"
#include "service/win32/text.h"

namespace imshealth {

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
