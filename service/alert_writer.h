// Alerts into the Application log, event source ImsHealth.
#pragma once

#include "core/ports.h"
#include "service/win32/handles.h"

namespace imshealth {

inline constexpr wchar_t eventSourceName[] = L"ImsHealth";

/// The calls underneath, so that a test can let them fail.
struct EventWriterFunctions {
  HANDLE(WINAPI* registerSource)(LPCWSTR server, LPCWSTR source) = RegisterEventSourceW;
  BOOL(WINAPI* report)
  (HANDLE, WORD type, WORD category, DWORD id, PSID, WORD strings, DWORD size, LPCWSTR*,
   void*) = ReportEventW;
};

class AlertWriter : public AlertLog {
 public:
  explicit AlertWriter(const EventWriterFunctions& functions = {}) : functions_(functions) {}

  /// Opens the log again once where its service was restarted (errors 6 and 1722).
  Result<void> write(const Alert&) override;

 private:
  DWORD report(const Alert&);

  EventWriterFunctions functions_;
  UniqueEventWriter log_;
};

/// Severity in the two highest bits, facility 0: what messages.mc makes of an id.
DWORD fullEventId(const Alert&);

}  // namespace imshealth
