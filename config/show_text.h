// The file's own text in what is said about it: nothing in it can hide, or act on a terminal.
#pragma once

#include "config/text_cursor.h"

#include <string>
#include <string_view>

namespace imshealth {

/// `text` as JSON writes it, in quotes, shortened for a message; characters that nobody can see are
/// escaped. `text` is valid UTF-8.
std::string inQuotes(std::string_view text);

/// The line of `place` and, below it, a caret under its column; of a long line what is around it.
/// Empty where there is nothing to show. `text` goes on to what is shown: the next place asked for
/// must not be before this one, so that many take one way through a long text.
std::string withCaret(TextCursor& text, Place place);

}  // namespace imshealth
