// The texts of a policy that mean numbers: "15m", "22:00", "5MB". Their patterns are in the schema.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace imshealth {

constexpr std::chrono::milliseconds longestDuration = std::chrono::days(365);

/// Nothing if it breaks the pattern or is longer than longestDuration.
std::optional<std::chrono::milliseconds> parseDuration(std::string_view text);

/// Minutes of the day; "24:00" is 1440. Nothing if it is no time.
std::optional<int> parseTimeOfDay(std::string_view text);

/// Bytes; KB, MB and GB are powers of 1024. Nothing if it is no size or above 1 TB.
std::optional<std::uint64_t> parseSize(std::string_view text);

}  // namespace imshealth
