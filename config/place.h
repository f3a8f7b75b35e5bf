// Lines and columns as editors count them: from 1, in code points; LF, CR LF and CR end a line.
#pragma once

#include <string_view>

namespace imshealth {

struct Place {
  int line = 1;
  int column = 1;

  auto operator<=>(const Place&) const = default;
};

/// Whether this byte goes on with a code point instead of starting one.
constexpr bool isContinuation(char c) {
  return (static_cast<unsigned char>(c) & 0xC0u) == 0x80;
}

/// The place after the character at `at`; `text` is valid UTF-8. Call it for each byte in turn.
constexpr Place stepped(Place place, std::string_view text, std::size_t at) {
  const char c = text[at];
  const bool crBeforeLf = c == '\r' && at + 1 < text.size() && text[at + 1] == '\n';
  if (c == '\n' || (c == '\r' && !crBeforeLf))
    return {place.line + 1, 1};
  if (!isContinuation(c) && !crBeforeLf)
    ++place.column;
  return place;
}

/// The place behind the last character.
constexpr Place placeAfter(std::string_view text) {
  Place place;
  for (std::size_t at = 0; at < text.size(); ++at)
    place = stepped(place, text, at);
  return place;
}

}  // namespace imshealth
