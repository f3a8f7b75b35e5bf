// A JSON string as it stands in the file, quotes and escapes and all, and what it means.
#pragma once

#include "config/text_cursor.h"

#include <functional>
#include <optional>
#include <string>

namespace imshealth {

/// `cursor` stands at the opening quote, and behind the closing one afterwards. Mistakes that leave
/// no doubt about what was meant are told to `complain`. Nothing where the closing quote is missing
/// in the line, which is not told.
std::optional<std::string> readJsonString(TextCursor& cursor,
                                          const std::function<void(Place, std::string)>& complain);

}  // namespace imshealth
