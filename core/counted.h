// "1 record", "2 records": a number with what it counts, for people.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <string>

namespace imshealth {

/// `thing` takes an s in the plural.
inline std::string counted(std::uint64_t number, const char* thing) {
  return fmt::format("{} {}{}", number, thing, number == 1 ? "" : "s");
}

}  // namespace imshealth
