// A file as memory, for reading: nothing of it is copied.
#pragma once

#include "core/error.h"

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace imshealth {

/// The first bytes of a file, as many as there are. Error kind unsupported: a device or a pipe.
Result<std::vector<std::uint8_t>> readBeginning(const std::string& utf8Path, std::size_t size);

class MappedFile {
 public:
  static Result<MappedFile> open(const std::string& utf8Path);

  MappedFile(MappedFile&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}
  MappedFile& operator=(MappedFile&&) = delete;
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  ~MappedFile();

  std::span<const std::uint8_t> bytes() const { return bytes_; }

 private:
  explicit MappedFile(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  std::span<const std::uint8_t> bytes_;
};

}  // namespace imshealth
