// A file as memory, for reading: nothing of it is copied.
#pragma once

#include "core/error.h"

#include <cstdint>
#include <span>
#include <string>
#include <utility>

namespace imshealth {

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
