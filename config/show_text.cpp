#include "config/show_text.h"

#include "config/decode_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace imshealth {
namespace {

struct Range {
  char32_t first;
  char32_t last;
};

template <std::size_t count>
bool contains(const std::array<Range, count>& ranges, char32_t c) {
  return std::ranges::any_of(
      ranges, [&](const Range& range) { return range.first <= c && c <= range.last; });
}

/// Controls (C1 too: some terminals obey them), blanks that look like others, zero width, marks
/// that turn the direction of what follows.
bool cannotBeSeen(char32_t c) {
  static constexpr std::array<Range, 9> ranges = {{{0x00, 0x1F},
                                                   {0x7F, 0xA0},
                                                   {0xAD, 0xAD},
                                                   {0x061C, 0x061C},
                                                   {0x200B, 0x200F},
                                                   {0x2028, 0x202E},
                                                   {0x2060, 0x206F},
                                                   {0xFEFF, 0xFEFF},
                                                   {0xFFF9, 0xFFFB}}};
  return contains(ranges, c);
}

/// Cells of a terminal: East Asian wide characters and emoji take two, combining marks none.
std::size_t cellsOf(char32_t c) {
  static constexpr std::array<Range, 4> combining = {
      {{0x0300, 0x036F}, {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}}};
  static constexpr std::array<Range, 9> wide = {{{0x1100, 0x115F},
                                                 {0x2E80, 0xA4CF},
                                                 {0xAC00, 0xD7A3},
                                                 {0xF900, 0xFAFF},
                                                 {0xFE30, 0xFE6F},
                                                 {0xFF00, 0xFF60},
                                                 {0xFFE0, 0xFFE6},
                                                 {0x1F300, 0x1FAFF},
                                                 {0x20000, 0x3FFFD}}};
  if (contains(combining, c))
    return 0;
  return contains(wide, c) ? 2 : 1;
}

/// The line with this number, without its end; empty where the text is shorter.
std::string_view lineAt(std::string_view text, int line) {
  Place place;
  std::size_t at = 0;
  while (at < text.size() && place.line < line) {
    place = stepped(place, text, at);
    ++at;
  }
  if (place.line < line)
    return {};
  const std::string_view rest = text.substr(at);
  return rest.substr(0, rest.find_first_of("\r\n"));
}

}  // namespace

std::string inQuotes(std::string_view text) {
  constexpr std::size_t longest = 60;
  static constexpr std::string_view escaped = "\"\\\b\f\n\r\t";
  static constexpr std::string_view letters = "\"\\bfnrt";
  std::string shown = "\"";
  std::string_view rest = firstCodePoints(text, longest);
  const bool cut = rest.size() < text.size();
  while (!rest.empty()) {
    const char32_t c = takeCodePoint(rest);
    const std::size_t known = c < 0x80 ? escaped.find(static_cast<char>(c)) : escaped.npos;
    if (known != escaped.npos)
      shown += {'\\', letters[known]};
    else if (cannotBeSeen(c))
      shown += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    else
      appendUtf8(shown, c);
  }
  return shown + (cut ? "…\"" : "\"");
}

std::string withCaret(std::string_view text, Place place) {
  constexpr std::size_t widest = 160;
  std::string_view line = lineAt(text, place.line);
  if (line.empty())
    return "";
  std::string shown;
  std::string below;
  std::size_t before = static_cast<std::size_t>(place.column - 1);
  if (before > widest / 2) {
    const std::size_t left = before - widest / 2;
    line.remove_prefix(firstCodePoints(line, left).size());
    before -= left;
    shown = "…";
    below = " ";
  }
  for (std::size_t at = 0; at < widest && !line.empty(); ++at) {
    char32_t c = takeCodePoint(line);
    if (c != '\t' && cannotBeSeen(c))
      c = '?';
    appendUtf8(shown, c);
    // Tabs stay tabs below too, so that the caret stands right however wide they are shown.
    if (at < before)
      below += c == '\t' ? "\t" : std::string(cellsOf(c), ' ');
  }
  return shown + (line.empty() ? "\n" : "…\n") + below + "^\n";
}

}  // namespace imshealth
