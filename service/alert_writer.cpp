#include "service/alert_writer.h"

#include "service/win32/last_error.h"
#include "service/win32/text.h"

#include <vector>

namespace imshealth {

DWORD fullEventId(const Alert& alert) {
  const DWORD severity = alert.type == EventType::error         ? 3
                         : alert.type == EventType::warning     ? 2
                         : alert.type == EventType::information ? 1
                                                                : 0;
  return severity << 30 | alert.id;
}

DWORD AlertWriter::report(const Alert& alert) {
  if (!log_) {
    log_.reset(functions_.registerSource(nullptr, eventSourceName));
    if (!log_) {
      return GetLastError();
    }
  }
  std::vector<std::wstring> strings;
  std::vector<const wchar_t*> pointers;
  for (const std::string& text : alert.strings) {
    strings.push_back(toWide(text));
  }
  for (const std::wstring& text : strings) {
    pointers.push_back(text.c_str());
  }
  const BOOL written = functions_.report(
      log_.get(), static_cast<WORD>(alert.type), 0, fullEventId(alert), nullptr,
      static_cast<WORD>(pointers.size()), 0, pointers.empty() ? nullptr : pointers.data(), nullptr);
  return written ? ERROR_SUCCESS : GetLastError();
}

Result<void> AlertWriter::write(const Alert& alert) {
  DWORD code = report(alert);
  if (code != ERROR_SUCCESS) {
    log_.reset();
    code = report(alert);
  }
  if (code != ERROR_SUCCESS) {
    log_.reset();
    return windowsError("ReportEvent", code);
  }
  return {};
}

}  // namespace imshealth
