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

bool endsLine(const TextCursor& text) {
  return text.atEnd() || text.peek() == '\n' || text.peek() == '\r';
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

std::string withCaret(TextCursor& text, Place place) {
  constexpr int widest = 160;
  const int first = std::max(1, place.column - widest / 2);
  // Over what is left of the character too.
  while (!text.atEnd() && (text.place() < Place{place.line, first} || isContinuation(text.peek())))
    text.step();
  if (text.place().line != place.line || (first == 1 && endsLine(text)))
    return "";
  std::string shown = first > 1 ? "…" : "";
  std::string below = first > 1 ? " " : "";
  TextCursor ahead = text;
  for (int column = first; column < first + widest && !endsLine(ahead); ++column) {
    std::string_view rest = ahead.rest();
    char32_t c = takeCodePoint(rest);
    ahead.skip(ahead.rest().size() - rest.size());
    if (c != '\t' && cannotBeSeen(c))
      c = '?';
    appendUtf8(shown, c);
    // Tabs stay tabs below too, so that the caret stands right however wide they are shown.
    if (column < place.column)
      below += c == '\t' ? "\t" : std::string(cellsOf(c), ' ');
  }
  return shown + (endsLine(ahead) ? "\n" : "…\n") + below + "^\n";
}

}  // namespace imshealth
