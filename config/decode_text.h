// The bytes of a text file as UTF-8, whatever Notepad saved them as.
#pragma once

#include "config/parse_policy.h"

#include <optional>
#include <string>
#include <string_view>

namespace imshealth {

struct DecodedText {
  std::string utf8;                 ///< valid UTF-8 without BOM; up to the error where there is one
  std::optional<Diagnostic> error;  ///< the first place that is no text
};

/// UTF-8 with or without BOM; UTF-16, either byte order, with BOM.
DecodedText decodeText(std::string_view bytes);

void appendUtf8(std::string& text, char32_t codePoint);

/// The first code point, which is taken off `text`: valid UTF-8, not empty.
char32_t takeCodePoint(std::string_view& text);

/// The number of code points; `text` is valid UTF-8.
std::size_t countCodePoints(std::string_view text);

/// The first `count` code points of `text`, which is valid UTF-8.
std::string_view firstCodePoints(std::string_view text, std::size_t count);

}  // namespace imshealth
