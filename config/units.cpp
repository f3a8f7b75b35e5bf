#include "config/units.h"

#include <array>
#include <charconv>
#include <utility>

namespace imshealth {
namespace {

/// The leading number and the rest; numbers that would overflow in any unit are refused.
std::optional<std::pair<std::uint64_t, std::string_view>> splitNumber(std::string_view text) {
  std::uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || number == 0 || number > 1ull << 40)
    return std::nullopt;
  return std::pair(number, std::string_view(rest, static_cast<std::size_t>(end - rest)));
}

}  // namespace

std::optional<std::chrono::milliseconds> parseDuration(std::string_view text) {
  using std::chrono::milliseconds;
  static constexpr std::array<std::pair<std::string_view, milliseconds>, 5> units = {{
      {"ms", milliseconds(1)},
      {"s", std::chrono::seconds(1)},
      {"m", std::chrono::minutes(1)},
      {"h", std::chrono::hours(1)},
      {"d", std::chrono::days(1)},
  }};
  const auto split = splitNumber(text);
  for (const auto& [name, unit] : units) {
    if (!split || split->second != name)
      continue;
    if (split->first > static_cast<std::uint64_t>(longestDuration / unit))
      return std::nullopt;
    return unit * static_cast<milliseconds::rep>(split->first);
  }
  return std::nullopt;
}

std::optional<int> parseTimeOfDay(std::string_view text) {
  if (text.size() != 5 || text[2] != ':')
    return std::nullopt;
  for (const std::size_t at : {0u, 1u, 3u, 4u}) {
    if (text[at] < '0' || text[at] > '9')
      return std::nullopt;
  }
  const int hours = (text[0] - '0') * 10 + (text[1] - '0');
  const int minutes = (text[3] - '0') * 10 + (text[4] - '0');
  if (minutes > 59 || hours * 60 + minutes > 24 * 60)
    return std::nullopt;
  return hours * 60 + minutes;
}

std::optional<std::uint64_t> parseSize(std::string_view text) {
  static constexpr std::array<std::pair<std::string_view, unsigned>, 3> units = {
      {{"KB", 10}, {"MB", 20}, {"GB", 30}}};
  const auto split = splitNumber(text);
  for (const auto& [name, shift] : units) {
    if (!split || split->second != name)
      continue;
    if (split->first > (1ull << 40) >> shift)
      return std::nullopt;
    return split->first << shift;
  }
  return std::nullopt;
}

}  // namespace imshealth
