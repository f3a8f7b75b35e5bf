#include "config/decode_text.h"

#include "config/place.h"

#include <algorithm>

namespace imshealth {
namespace {

constexpr std::string_view bomUtf8 = "\xEF\xBB\xBF";
constexpr std::string_view bomUtf16le = "\xFF\xFE";
constexpr std::string_view bomUtf16be = "\xFE\xFF";

unsigned byteAt(std::string_view bytes, std::size_t at) {
  return static_cast<unsigned char>(bytes[at]);
}

/// Length of the well-formed UTF-8 sequence at `at` (Unicode, table 3-7), or 0.
std::size_t sequenceLength(std::string_view bytes, std::size_t at) {
  const unsigned lead = byteAt(bytes, at);
  if (lead < 0x80)
    return 1;
  const std::size_t length = lead >= 0xC2 && lead <= 0xDF   ? 2
                             : lead >= 0xE0 && lead <= 0xEF ? 3
                             : lead >= 0xF0 && lead <= 0xF4 ? 4
                                                            : 0;
  if (length == 0 || bytes.size() - at < length)
    return 0;
  const unsigned second = byteAt(bytes, at + 1);
  const unsigned lowest = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  const unsigned highest = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  if (second < lowest || second > highest)
    return 0;
  for (std::size_t i = 2; i < length; ++i) {
    if ((byteAt(bytes, at + i) & 0xC0u) != 0x80)
      return 0;
  }
  return length;
}

DecodedText failAtEnd(std::string text, std::string message) {
  const Place place = placeAfter(text);
  return {std::move(text),
          Diagnostic{Severity::error, place.line, place.column, "", std::move(message)}};
}

DecodedText decodeUtf8(std::string_view bytes) {
  for (std::size_t at = 0; at < bytes.size();) {
    if (bytes[at] == '\0')
      return failAtEnd(std::string(bytes.substr(0, at)),
                       "the file has a zero byte; save it as UTF-8 text");
    const std::size_t length = sequenceLength(bytes, at);
    if (length == 0)
      return failAtEnd(std::string(bytes.substr(0, at)),
                       "the byte here is not UTF-8; save the file as UTF-8 text");
    at += length;
  }
  return {std::string(bytes), {}};
}

DecodedText decodeUtf16(std::string_view bytes, bool bigEndian) {
  std::string text;
  text.reserve(bytes.size());
  const auto unitAt = [&](std::size_t at) {
    const unsigned first = byteAt(bytes, at);
    const unsigned second = byteAt(bytes, at + 1);
    return bigEndian ? first << 8 | second : second << 8 | first;
  };
  std::size_t at = 0;
  for (; at + 1 < bytes.size(); at += 2) {
    char32_t unit = unitAt(at);
    if (unit == 0)
      return failAtEnd(std::move(text), "the file has a zero character; save it as UTF-8 text");
    if (unit >= 0xD800 && unit <= 0xDFFF) {
      const bool paired =
          unit <= 0xDBFF && at + 3 < bytes.size() && (unitAt(at + 2) & 0xFC00u) == 0xDC00;
      if (!paired)
        return failAtEnd(std::move(text),
                         "half of a UTF-16 surrogate pair; save the file as UTF-8 text");
      unit = 0x10000 + ((unit & 0x3FFu) << 10) + (unitAt(at + 2) & 0x3FFu);
      at += 2;
    }
    appendUtf8(text, unit);
  }
  if (at != bytes.size())
    return failAtEnd(std::move(text),
                     "the file ends within a UTF-16 character; save it as UTF-8 text");
  return {std::move(text), {}};
}

}  // namespace

DecodedText decodeText(std::string_view bytes) {
  if (bytes.starts_with(bomUtf8))
    return decodeUtf8(bytes.substr(bomUtf8.size()));
  if (bytes.starts_with(bomUtf16le))
    return decodeUtf16(bytes.substr(bomUtf16le.size()), false);
  if (bytes.starts_with(bomUtf16be))
    return decodeUtf16(bytes.substr(bomUtf16be.size()), true);
  return decodeUtf8(bytes);
}

void appendUtf8(std::string& text, char32_t codePoint) {
  const auto put = [&](char32_t value) { text.push_back(static_cast<char>(value)); };
  if (codePoint < 0x80) {
    put(codePoint);
  } else if (codePoint < 0x800) {
    put(0xC0 | codePoint >> 6);
    put(0x80 | (codePoint & 0x3F));
  } else if (codePoint < 0x10000) {
    put(0xE0 | codePoint >> 12);
    put(0x80 | (codePoint >> 6 & 0x3F));
    put(0x80 | (codePoint & 0x3F));
  } else {
    put(0xF0 | codePoint >> 18);
    put(0x80 | (codePoint >> 12 & 0x3F));
    put(0x80 | (codePoint >> 6 & 0x3F));
    put(0x80 | (codePoint & 0x3F));
  }
}

char32_t takeCodePoint(std::string_view& text) {
  const unsigned lead = byteAt(text, 0);
  const std::size_t length = sequenceLength(text, 0);
  char32_t codePoint = length <= 1 ? lead : lead & (0xFFu >> (length + 1));
  for (std::size_t i = 1; i < length; ++i)
    codePoint = codePoint << 6 | (byteAt(text, i) & 0x3Fu);
  text.remove_prefix(std::max<std::size_t>(length, 1));
  return codePoint;
}

std::size_t countCodePoints(std::string_view text) {
  std::size_t count = 0;
  for (const char c : text)
    count += !isContinuation(c);
  return count;
}

std::string_view firstCodePoints(std::string_view text, std::size_t count) {
  std::size_t at = 0;
  for (; at < text.size(); ++at) {
    if (!isContinuation(text[at]) && count-- == 0)
      break;
  }
  return text.substr(0, at);
}

}  // namespace imshealth
