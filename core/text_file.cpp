#include "core/text_file.h"

#include "config/ascii.h"
#include "core/utf16.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <utility>

namespace imshealth {
namespace {

// Windows-1252 where it differs from Latin-1: 0x80 to 0x9F. 0: not assigned.
constexpr std::array<std::uint16_t, 32> kWindows1252{
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

std::string utf8FromWindows1252(std::span<const std::uint8_t> bytes) {
  std::vector<std::uint8_t> utf16;
  utf16.reserve(bytes.size() * 2);
  for (const std::uint8_t byte : bytes) {
    std::uint16_t unit = byte;
    if (byte >= 0x80 && byte < 0xA0) {
      unit = kWindows1252[byte - 0x80U] == 0 ? 0xFFFD : kWindows1252[byte - 0x80U];
    }
    utf16.push_back(static_cast<std::uint8_t>(unit & 0xFF));
    utf16.push_back(static_cast<std::uint8_t>(unit >> 8));
  }
  return utf8FromUtf16(utf16);
}

bool startsWith(std::span<const std::uint8_t> bytes, std::initializer_list<std::uint8_t> mark) {
  return bytes.size() >= mark.size() && std::equal(mark.begin(), mark.end(), bytes.begin());
}

std::string decode(std::span<const std::uint8_t> bytes) {
  if (startsWith(bytes, {0xFF, 0xFE})) {
    return utf8FromUtf16(bytes.subspan(2));
  }
  if (startsWith(bytes, {0xFE, 0xFF})) {
    std::vector<std::uint8_t> swapped(bytes.begin() + 2, bytes.end());
    for (std::size_t i = 0; i + 1 < swapped.size(); i += 2) {
      std::swap(swapped[i], swapped[i + 1]);
    }
    return utf8FromUtf16(swapped);
  }
  return utf8FromWindows1252(bytes);
}

}  // namespace

std::string decodeTextFile(std::span<const std::uint8_t> bytes) {
  std::string text = decode(bytes);
  std::erase(text, '\0');
  return text;
}

std::vector<std::string_view> linesOf(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const auto end = text.find_first_of("\r\n");
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n\x1A");
  if (first == std::string_view::npos) {
    return {};
  }
  return text.substr(first, text.find_last_not_of(" \t\r\n\x1A") - first + 1);
}

std::string_view unquoted(std::string_view text) {
  return text.size() >= 2 && text.front() == '"' && text.back() == '"'
             ? text.substr(1, text.size() - 2)
             : text;
}

std::string withoutBlockComments(std::string_view text) {
  std::string result;
  bool inside = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i, 2) == (inside ? "*/" : "/*")) {
      inside = !inside;
      ++i;
      result += ' ';
    } else if (!inside || text[i] == '\n') {
      result += text[i];
    }
  }
  return result;
}

}  // namespace imshealth
