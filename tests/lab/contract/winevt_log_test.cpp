#include "service/winevt_log.h"

#include <catch2/catch.hpp>

using namespace imshealth;

namespace {

/// A log that drops its oldest ten records each time its records are counted, `drops` times.
struct BusyLog {
  std::uint64_t oldest = 101;
  std::uint64_t count = 100;
  int drops = 0;
} busy;

EVT_HANDLE WINAPI openLog(EVT_HANDLE, LPCWSTR, DWORD) {
  static int any;
  return &any;
}

BOOL WINAPI getLogInfo(EVT_HANDLE, EVT_LOG_PROPERTY_ID property, DWORD, PEVT_VARIANT value,
                       PDWORD) {
  value->Type = EvtVarTypeUInt64;
  if (property == EvtLogNumberOfLogRecords) {
    if (busy.drops > 0) {
      --busy.drops;
      busy.oldest += 10;
      busy.count -= 10;
    }
    value->UInt64Val = busy.count;
  } else {
    value->UInt64Val = busy.oldest;
  }
  return TRUE;
}

}  // namespace

TEST_CASE("a log that drops records while it is asked is asked again") {
  REQUIRE(winevtFunctions() != nullptr);  // the lab's, whose EvtClose meets the handle
  WinevtFunctions functions = *winevtFunctions();
  functions.openLog = openLog;
  functions.getLogInfo = getLogInfo;
  WinevtLog log(nullptr, &functions);
  busy = {.drops = 3};
  const auto state = log.logState();
  CHECK(state.error == 0);
  CHECK(state.oldest == 131);
  CHECK(state.oldest + state.count - 1 == 200);  // the newest is what it was

  busy = {.oldest = 0, .count = 0};
  CHECK(log.logState().count == 0);
}
