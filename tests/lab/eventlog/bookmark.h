// A bookmark and its XML: <BookmarkList><Bookmark Channel= RecordId= IsCurrent=/></BookmarkList>.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lab {

struct Bookmark {
  std::optional<std::uint64_t> recordId;  // none: an empty bookmark
};

std::optional<Bookmark> parseBookmark(std::wstring_view xml);
std::wstring toXml(const Bookmark& bookmark);

}  // namespace lab
