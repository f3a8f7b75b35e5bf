// A server that is in order although failures go on being logged: a program of fewer rights may
// fail where the service does not, and whoever may log on can write such events. How often is it
// looked at, and how often told?
#pragma once

#include "core/state.h"
#include "core/time.h"

#include <string>

namespace imshealth {

/// In memory only: each start looks anew. Used from the engine's thread.
class FoundHealthy {
 public:
  static constexpr int looksAtOnce = 3;
  static constexpr Milliseconds betweenLooks = std::chrono::minutes(1);

  /// False: it was healthy again and again, and has been looked at within the last minute.
  bool isToBeLookedAt(const std::string& counterService, Time now) const;
  /// It was healthy again and again, the last time within the cool-down: that it fails says nothing
  /// about others.
  bool isHealthyAgainAndAgain(const std::string& counterService, Time now,
                              Milliseconds coolDown) const;
  /// It was looked at and is healthy. True: it is to be told (206); after the first few only once
  /// in a cool-down.
  bool note(const std::string& counterService, Time now, Milliseconds coolDown);
  /// It is not.
  void forget(const std::string& counterService) { services_.erase(counterService); }

 private:
  struct Last {
    Time looked;
    Time told;
    int times = 0;
    bool again() const { return times >= looksAtOnce; }
  };
  ByService<Last> services_;
};

}  // namespace imshealth
