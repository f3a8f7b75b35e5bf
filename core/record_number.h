// Record numbers of the classic log: 32 bits, and after 0xFFFFFFFF comes 0 (Event Log Records).
// They are compared by their signed distance, never by `<`.
#pragma once

#include <cstdint>

namespace imshealth {

/// How far `number` lies behind `reference` in the log; negative: before it.
constexpr std::int32_t recordDistance(std::uint32_t reference, std::uint32_t number) {
  return static_cast<std::int32_t>(number - reference);
}

}  // namespace imshealth
