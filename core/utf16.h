// Text of Windows in the form of core: UTF-8 in which every lone surrogate has become U+FFFD.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace imshealth {

/// `bytes` are UTF-16LE without a terminator; an odd last byte is left out.
std::string utf8FromUtf16(std::span<const std::uint8_t> bytes);
/// The same, behind what is in `text` already.
void appendUtf8FromUtf16(std::string& text, std::span<const std::uint8_t> bytes);

}  // namespace imshealth
