// UTF-8 inside, UTF-16 at the call. What cannot be converted becomes U+FFFD, so that the result is
// always valid (NT 4.0 has CP_UTF8 but no flag for invalid input, and lone surrogates come out of
// registry and logs).
#pragma once

#include <string>
#include <string_view>

namespace imshealth {

std::string toUtf8(std::wstring_view);
std::wstring toWide(std::string_view utf8);

/// What a console tool has written: the OEM code page (of the system, not of a console).
std::string oemToUtf8(std::string_view);
/// For what a console tool reads. What the code page does not have becomes something else.
std::string utf8ToOem(std::string_view);

}  // namespace imshealth
