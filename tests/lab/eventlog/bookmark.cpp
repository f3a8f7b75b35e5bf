#include "tests/lab/eventlog/bookmark.h"

#include <cwctype>

namespace lab {

std::optional<Bookmark> parseBookmark(std::wstring_view xml) {
  if (xml.find(L"<BookmarkList") == std::wstring_view::npos) {
    return std::nullopt;
  }
  if (xml.find(L"<Bookmark ") == std::wstring_view::npos) {
    return Bookmark{};
  }
  constexpr std::wstring_view name = L"RecordId=";
  const std::size_t at = xml.find(name);
  if (at == std::wstring_view::npos || xml.size() < at + name.size() + 3) {
    return std::nullopt;
  }
  xml.remove_prefix(at + name.size());
  const wchar_t quote = xml.front();
  xml.remove_prefix(1);
  std::uint64_t id = 0;
  bool any = false;
  for (; !xml.empty() && std::iswdigit(xml.front()); xml.remove_prefix(1)) {
    id = id * 10 + static_cast<std::uint64_t>(xml.front() - L'0');
    any = true;
  }
  if ((quote != L'\'' && quote != L'"') || !any || xml.empty() || xml.front() != quote) {
    return std::nullopt;
  }
  return Bookmark{id};
}

std::wstring toXml(const Bookmark& bookmark) {
  if (!bookmark.recordId) {
    return L"<BookmarkList>\r\n</BookmarkList>";
  }
  return L"<BookmarkList>\r\n  <Bookmark Channel='Application' RecordId='" +
         std::to_wstring(*bookmark.recordId) + L"' IsCurrent='true'/>\r\n</BookmarkList>";
}

}  // namespace lab
