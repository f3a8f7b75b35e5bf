// The lists `Counter` and `Help` of a language: number, text, number, text, each ended by a zero.
#include "core/index_space.h"
#include "core/printable.h"
#include "core/utf16.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <span>

namespace imshealth {
namespace {

constexpr std::size_t kMostDamage = 16;  // enough for a person to see what it is about

/// The strings of a REG_MULTI_SZ, to its empty string or its end.
std::vector<std::string> stringsOf(std::span<const std::uint8_t> bytes) {
  std::vector<std::string> strings;
  std::size_t start = 0;
  for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) {
    if (bytes[i] != 0 || bytes[i + 1] != 0) {
      continue;
    }
    if (i == start) {
      return strings;
    }
    strings.push_back(utf8FromUtf16(bytes.subspan(start, i - start)));
    start = i + 2;
  }
  if (start + 1 < bytes.size()) {
    strings.push_back(utf8FromUtf16(bytes.subspan(start)));
  }
  return strings;
}

std::optional<std::uint32_t> numberOf(const std::string& text) {
  std::uint32_t number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  return error == std::errc() && stop == end ? std::optional(number) : std::nullopt;
}

}  // namespace

std::map<std::uint32_t, std::string> parseTextList(const std::vector<std::uint8_t>& bytes,
                                                   std::vector<std::string>& damage) {
  std::map<std::uint32_t, std::string> list;
  const auto complain = [&](std::string text) {
    if (damage.size() < kMostDamage) {
      damage.push_back(std::move(text));
    }
  };
  if (bytes.size() % 2 != 0) {
    complain("an odd number of bytes");
  }
  const std::vector<std::string> strings = stringsOf(bytes);
  std::uint32_t previous = 0;
  for (std::size_t i = 0; i < strings.size();) {
    const auto index = numberOf(strings[i]);
    if (!index) {
      complain(fmt::format("\"{}\" stands where a number was expected, behind index {}",
                           printable(strings[i]), previous));
      ++i;
      continue;
    }
    if (i + 1 == strings.size()) {
      complain(fmt::format("index {} has no text", *index));
      break;
    }
    // The pseudo pair 1, whose text is a number (win32: retrieving counter names and help text).
    const bool number = numberOf(strings[i + 1]).has_value();
    const bool pseudo = number && *index == 1 && list.empty();
    if (number && !pseudo) {
      complain(fmt::format("two numbers in a row, {} and {} (Q152513)", *index, strings[i + 1]));
      ++i;
      continue;
    }
    if (!pseudo) {
      if (*index <= previous) {
        complain(fmt::format("index {} stands behind index {}", *index, previous));
      }
      list.insert_or_assign(*index, strings[i + 1]);
      previous = std::max(previous, *index);
    }
    i += 2;
  }
  return list;
}

}  // namespace imshealth
