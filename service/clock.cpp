#include "service/clock.h"

#include "service/win32/sdk.h"

namespace imshealth {
namespace {

// FILETIME counts 100 ns since 1601.
constexpr std::int64_t ticksPerMillisecond = 10'000;
constexpr std::int64_t unixEpochInTicks = 116'444'736'000'000'000;

}  // namespace

Time SystemClock::now() const {
  FILETIME time;
  GetSystemTimeAsFileTime(&time);
  const std::int64_t ticks =
      (static_cast<std::int64_t>(time.dwHighDateTime) << 32) | time.dwLowDateTime;
  return Time(Milliseconds((ticks - unixEpochInTicks) / ticksPerMillisecond));
}

LocalTime SystemClock::local(Time time) const {
  const std::int64_t ticks =
      time.time_since_epoch().count() * ticksPerMillisecond + unixEpochInTicks;
  FILETIME fileTime;
  fileTime.dwHighDateTime = static_cast<DWORD>(ticks >> 32);
  fileTime.dwLowDateTime = static_cast<DWORD>(ticks & 0xFFFFFFFF);
  SYSTEMTIME utc{};
  SYSTEMTIME local{};
  FileTimeToSystemTime(&fileTime, &utc);
  if (!SystemTimeToTzSpecificLocalTime(nullptr, &utc, &local)) {
    local = utc;
  }
  return {(local.wDayOfWeek + 6) % 7, local.wHour * 60 + local.wMinute};
}

}  // namespace imshealth
