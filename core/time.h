// Time as the program uses it. Event logs count whole seconds since 1970, UTC.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace imshealth {

using Milliseconds = std::chrono::milliseconds;
/// A point of the wall clock, UTC.
using Time = std::chrono::time_point<std::chrono::system_clock, Milliseconds>;

/// A point of local time, as maintenance windows need it.
struct LocalTime {
  int weekday = 0;      ///< 0 Monday … 6 Sunday
  int minuteOfDay = 0;  ///< 0 … 1439
};

inline Time timeFromSeconds(std::int64_t secondsSince1970) {
  return Time(std::chrono::seconds(secondsSince1970));
}
inline std::int64_t toSeconds(Time time) {
  return std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
}

/// "2026-11-23T10:02:00Z"
std::string toIso(Time);

}  // namespace imshealth
