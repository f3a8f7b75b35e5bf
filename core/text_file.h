// Text files of Windows' own tools: ANSI or UTF-16, lines, blanks, quotes.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace imshealth {

/// UTF-16LE or UTF-16BE with byte-order mark, else Windows-1252. Zero characters are dropped.
std::string decodeTextFile(std::span<const std::uint8_t> bytes);

/// Views into `text`, without the line ends.
std::vector<std::string_view> linesOf(std::string_view text);
std::string_view trimmed(std::string_view text);
/// Without one pair of double quotes around it.
std::string_view unquoted(std::string_view text);
/// C comments taken out; line ends inside of them stay.
std::string withoutBlockComments(std::string_view text);

}  // namespace imshealth
