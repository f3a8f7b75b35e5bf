#include "core/utf16.h"

#include "config/decode_text.h"
#include "core/little_endian.h"

namespace imshealth {
namespace {

constexpr char32_t replacement = 0xFFFD;

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
        appendUtf8(text, 0x10000 + ((unit - 0xD800) << 10) + (next - 0xDC00));
        ++i;
        continue;
      }
    }
    appendUtf8(text, isHighSurrogate(unit) || isLowSurrogate(unit) ? replacement : unit);
  }
}

std::string utf8FromUtf16(std::span<const std::uint8_t> bytes) {
  std::string text;
  text.reserve(bytes.size() / 2);
  appendUtf8FromUtf16(text, bytes);
  return text;
}

}  // namespace imshealth
