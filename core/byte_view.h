// A file's bytes, read at offsets that the file itself names: every access is checked against its
// end.
#pragma once

#include "core/little_endian.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace imshealth {

class ByteView {
 public:
  explicit ByteView(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  std::size_t size() const { return bytes_.size(); }
  bool has(std::uint64_t offset, std::uint64_t length) const {
    return offset <= bytes_.size() && length <= bytes_.size() - offset;
  }
  std::optional<std::uint16_t> u16(std::uint64_t offset) const {
    return has(offset, 2) ? std::optional(loadU16(at(offset))) : std::nullopt;
  }
  std::optional<std::uint32_t> u32(std::uint64_t offset) const {
    return has(offset, 4) ? std::optional(loadU32(at(offset))) : std::nullopt;
  }
  std::optional<std::uint64_t> u64(std::uint64_t offset) const {
    return has(offset, 8) ? std::optional(loadU64(at(offset))) : std::nullopt;
  }
  /// A text that ends with a zero byte after at most `limit` characters, printable ASCII only.
  std::optional<std::string> asciiText(std::uint64_t offset, std::size_t limit) const {
    std::string text;
    for (std::uint64_t i = offset; has(i, 1) && text.size() <= limit; ++i) {
      const std::uint8_t c = *at(i);
      if (c == 0) {
        return text;
      }
      if (c < 0x20 || c > 0x7E) {
        return std::nullopt;
      }
      text += static_cast<char>(c);
    }
    return std::nullopt;
  }
  std::optional<std::span<const std::uint8_t>> part(std::uint64_t offset,
                                                    std::uint64_t length) const {
    if (!has(offset, length)) {
      return std::nullopt;
    }
    return bytes_.subspan(static_cast<std::size_t>(offset), static_cast<std::size_t>(length));
  }

 private:
  const std::uint8_t* at(std::uint64_t offset) const {
    return bytes_.data() + static_cast<std::size_t>(offset);
  }

  std::span<const std::uint8_t> bytes_;
};

}  // namespace imshealth
