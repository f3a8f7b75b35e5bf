// Numbers as Windows files and records hold them: little-endian, at any alignment. The caller has
// checked that the bytes are there.
#pragma once

#include <cstdint>

namespace imshealth {

inline std::uint16_t loadU16(const std::uint8_t* at) {
  return static_cast<std::uint16_t>(at[0] | (at[1] << 8));
}

inline std::uint32_t loadU32(const std::uint8_t* at) {
  return static_cast<std::uint32_t>(at[0]) | static_cast<std::uint32_t>(at[1]) << 8 |
         static_cast<std::uint32_t>(at[2]) << 16 | static_cast<std::uint32_t>(at[3]) << 24;
}

inline std::uint64_t loadU64(const std::uint8_t* at) {
  return loadU32(at) | static_cast<std::uint64_t>(loadU32(at + 4)) << 32;
}

}  // namespace imshealth
