// Quoting of one argument by the rules of CommandLineToArgvW: what the C runtime of the child reads
// back is what was given. Pure; the process is created elsewhere.
#pragma once

#include <string>
#include <string_view>

namespace imshealth {

/// UTF-8 in, UTF-8 out. Quotes only where it must (blank, tab, quote, or empty).
std::string quoteArgument(std::string_view argument);

}  // namespace imshealth
