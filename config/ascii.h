// Names as Windows compares them where it matters here: ASCII letters without regard to case, all
// other characters as they are. Independent of any locale.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace imshealth {

constexpr char asciiLower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

inline std::string lowerCase(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), asciiLower);
  return lower;
}

constexpr bool equalsIgnoringCase(std::string_view left, std::string_view right) {
  if (left.size() != right.size())
    return false;
  for (std::size_t i = 0; i < left.size(); ++i) {
    if (asciiLower(left[i]) != asciiLower(right[i]))
      return false;
  }
  return true;
}

/// For maps by such names.
struct LessIgnoringCase {
  using is_transparent = void;
  constexpr bool operator()(std::string_view left, std::string_view right) const {
    return std::lexicographical_compare(
        left.begin(), left.end(), right.begin(), right.end(),
        [](char a, char b) { return asciiLower(a) < asciiLower(b); });
  }
};

}  // namespace imshealth
