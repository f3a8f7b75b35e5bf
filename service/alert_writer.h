// Alerts into the Application log, event source ImsHealth.
#pragma once

#include "core/ports.h"
#include "service/win32/handles.h"

#include <deque>

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

  /// What cannot be written is kept, at most `bound` alerts (the oldest go first), and written with
  /// the next one. The handle is opened again once where the log service was restarted (errors 6
  /// and 1722).
  Result<void> write(const Alert&) override;

  static constexpr std::size_t bound = 100;

 private:
  Result<void> report(const Alert&);
  DWORD reportOnce(const Alert&);

  EventWriterFunctions functions_;
  UniqueEventWriter log_;
  std::deque<Alert> pending_;
};

/// Severity in the two highest bits, facility 0: what messages.mc makes of an id.
DWORD fullEventId(const Alert&);

}  // namespace imshealth
