// The file's own text in what is said about it: nothing in it can hide, or act on a terminal.
#pragma once

#include "config/place.h"

#include <string>
#include <string_view>

namespace imshealth {

/// `text` as JSON writes it, in quotes, shortened for a message; characters that nobody can see are
/// escaped. `text` is valid UTF-8.
std::string inQuotes(std::string_view text);

/// The line of `place` and, below it, a caret under its column; of a long line what is around it.
/// Empty where there is nothing to show. `text` is valid UTF-8.
std::string withCaret(std::string_view text, Place place);

}  // namespace imshealth
