#include "service/clock.h"

#include <ctime>

namespace imshealth {

Time SystemClock::now() const {
  return std::chrono::floor<Milliseconds>(std::chrono::system_clock::now());
}

LocalTime SystemClock::local(Time time) const {
  const std::time_t seconds = toSeconds(time);
  std::tm local{};
  if (localtime_r(&seconds, &local) == nullptr) {
    return {};
  }
  return {(local.tm_wday + 6) % 7, local.tm_hour * 60 + local.tm_min};
}

}  // namespace imshealth
