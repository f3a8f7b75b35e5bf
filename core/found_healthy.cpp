#include "core/found_healthy.h"

namespace imshealth {

namespace {

/// The clock may have been set back: then it was not lately.
bool isWithin(Milliseconds time, Time last, Time now) {
  return last <= now && now - last < time;
}

}  // namespace

bool FoundHealthy::isToBeLookedAt(const std::string& counterService, Time now) const {
  const auto found = services_.find(counterService);
  return found == services_.end() || !found->second.again() ||
         !isWithin(betweenLooks, found->second.looked, now);
}

bool FoundHealthy::isHealthyAgainAndAgain(const std::string& counterService, Time now,
                                          Milliseconds coolDown) const {
  const auto found = services_.find(counterService);
  return found != services_.end() && found->second.again() &&
         isWithin(coolDown, found->second.looked, now);
}

bool FoundHealthy::note(const std::string& counterService, Time now, Milliseconds coolDown) {
  Last& last = services_[counterService];
  if (!isWithin(coolDown, last.looked, now)) {
    last.times = 0;
  }
  ++last.times;
  last.looked = now;
  const bool isTold = last.times > looksAtOnce && isWithin(coolDown, last.told, now);
  if (!isTold) {
    last.told = now;
  }
  return !isTold;
}

}  // namespace imshealth
