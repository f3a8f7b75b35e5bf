#include "service/log_settings.h"

#include "service/win32/dynamic_procs.h"
#include "service/win32/handles.h"
#include "service/win32/registry.h"
#include "service/win32/winevt_handle.h"

namespace imshealth {
namespace {

std::optional<bool> isFullThroughWinevt(const WinevtFunctions& evt) {
  const UniqueEvtHandle log(evt.openLog(nullptr, L"Application", EvtOpenChannelPath));
  EVT_VARIANT answer{};
  DWORD used = 0;
  if (!log || !evt.getLogInfo(log.get(), EvtLogFull, sizeof answer, &answer, &used) ||
      answer.Type != EvtVarTypeBoolean) {
    return std::nullopt;
  }
  return answer.BooleanVal != FALSE;
}

/// GetEventLogInformation came with 2000; on NT 4.0 the retention alone must do.
std::optional<bool> isFullThroughClassic() {
  using GetInformation = BOOL WINAPI(HANDLE, DWORD, void*, DWORD, DWORD*);
  const auto ask = systemFunction<GetInformation>(L"advapi32.dll", "GetEventLogInformation");
  const UniqueEventReader log(ask != nullptr ? OpenEventLogW(nullptr, L"Application") : nullptr);
  constexpr DWORD fullInformation = 0;  // EVENTLOG_FULL_INFO
  DWORD full = 0;
  DWORD needed = 0;
  if (!log || !ask(log.get(), fullInformation, &full, sizeof full, &needed)) {
    return std::nullopt;
  }
  return full != 0;
}

}  // namespace

LogSettings readLogSettings() {
  constexpr char perflib[] = "SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Perflib";
  constexpr char log[] = "SYSTEM\\CurrentControlSet\\Services\\EventLog\\Application";
  const WinevtFunctions* evt = winevtFunctions();
  return {.perflibEventLogLevel = numberAt(perflib, "EventLogLevel"),
          .retention = numberAt(log, "Retention"),
          .archivesWhenFull = numberAt(log, "AutoBackupLogFiles").value_or(0) != 0,
          .full = evt != nullptr ? isFullThroughWinevt(*evt) : isFullThroughClassic()};
}

}  // namespace imshealth
