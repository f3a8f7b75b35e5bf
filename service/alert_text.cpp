#include "service/alert_text.h"

#include "service/alert_writer.h"
#include "service/win32/handles.h"
#include "service/win32/text.h"

#include <algorithm>

namespace imshealth {

std::string alertText(HMODULE exe, std::uint16_t id, const std::vector<std::string>& strings) {
  constexpr std::size_t mostInserts = 9;  // in one text of messages.mc
  std::vector<std::wstring> wide;
  for (const std::string& text : strings) {
    wide.push_back(toWide(text));
  }
  // FormatMessage trusts that there are as many as the text asks for.
  wide.resize(std::max(wide.size(), mostInserts));
  std::vector<wchar_t*> inserts;
  for (std::wstring& text : wide) {
    inserts.push_back(text.data());
  }
  // What is remembered of an alert is its id without the severity.
  for (const EventType type : {EventType::information, EventType::warning, EventType::error}) {
    UniqueLocal text;
    const DWORD length = FormatMessageW(
        FORMAT_MESSAGE_ALLOCATE_BUFFER | FORMAT_MESSAGE_FROM_HMODULE |
            FORMAT_MESSAGE_ARGUMENT_ARRAY | FORMAT_MESSAGE_MAX_WIDTH_MASK,  // one line
        exe, fullEventId({id, type, {}}), 0, reinterpret_cast<LPWSTR>(text.put()), 0,
        reinterpret_cast<va_list*>(inserts.data()));
    if (length > 0) {
      std::string sentence = toUtf8({static_cast<const wchar_t*>(text.get()), length});
      sentence.erase(sentence.find_last_not_of(' ') + 1);
      return sentence;
    }
  }
  return {};
}

}  // namespace imshealth
