#include "core/utf16.h"

#include "core/little_endian.h"

namespace imshealth {
namespace {

constexpr char32_t replacement = 0xFFFD;

void appendCodePoint(std::string& text, char32_t c) {
  const auto tail = [&](int shift) { text += static_cast<char>(0x80 | ((c >> shift) & 0x3F)); };
  if (c < 0x80) {
    text += static_cast<char>(c);
  } else if (c < 0x800) {
    text += static_cast<char>(0xC0 | (c >> 6));
    tail(0);
  } else if (c < 0x10000) {
    text += static_cast<char>(0xE0 | (c >> 12));
    tail(6);
    tail(0);
  } else {
    text += static_cast<char>(0xF0 | (c >> 18));
    tail(12);
    tail(6);
    tail(0);
  }
}

bool isHighSurrogate(char32_t unit) {
  return unit >= 0xD800 && unit < 0xDC00;
}
bool isLowSurrogate(char32_t unit) {
  return unit >= 0xDC00 && unit < 0xE000;
}

}  // namespace

void appendUtf8FromUtf16(std::string& text, std::span<const std::uint8_t> bytes) {
  const std::size_t units = bytes.size() / 2;
  for (std::size_t i = 0; i < units; ++i) {
    const char32_t unit = loadU16(bytes.data() + 2 * i);
    if (isHighSurrogate(unit) && i + 1 < units) {
      const char32_t next = loadU16(bytes.data() + 2 * (i + 1));
      if (isLowSurrogate(next)) {
        appendCodePoint(text, 0x10000 + ((unit - 0xD800) << 10) + (next - 0xDC00));
        ++i;
        continue;
      }
    }
    appendCodePoint(text, isHighSurrogate(unit) || isLowSurrogate(unit) ? replacement : unit);
  }
}

std::string utf8FromUtf16(std::span<const std::uint8_t> bytes) {
  std::string text;
  text.reserve(bytes.size() / 2);
  appendUtf8FromUtf16(text, bytes);
  return text;
}

}  // namespace imshealth
