#include "core/quote_argument.h"

namespace imshealth {

std::string quoteArgument(std::string_view argument) {
  if (!argument.empty() && argument.find_first_of(" \t\n\v\"") == std::string_view::npos) {
    return std::string(argument);
  }
  std::string quoted = "\"";
  std::size_t backslashes = 0;
  for (const char character : argument) {
    if (character == '\\') {
      ++backslashes;
      continue;
    }
    // Backslashes are literal unless a quote follows them: then each is doubled and the quote
    // escaped.
    quoted.append(character == '"' ? 2 * backslashes + 1 : backslashes, '\\');
    backslashes = 0;
    quoted += character;
  }
  quoted.append(2 * backslashes, '\\');  // the closing quote follows
  quoted += '"';
  return quoted;
}

}  // namespace imshealth
