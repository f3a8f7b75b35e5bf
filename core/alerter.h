// Raises alerts: into the event log, and among the last alerts of the state. What the log does not take
// now is kept, in order and bounded, and tried again.
#pragma once

#include "core/ports.h"
#include "core/state_keeper.h"

#include <deque>

namespace imshealth {

class Alerter {
 public:
  Alerter(AlertLog& log, StateKeeper& state, const Clock& clock)
      : log_(log), state_(state), clock_(clock) {}

  void raise(const Alert&);
  /// Tries again what could not be written; to be called once a minute.
  void retry();

 private:
  static constexpr std::size_t maxPending = 100;

  AlertLog& log_;
  StateKeeper& state_;
  const Clock& clock_;
  std::deque<Alert> pending_;
};

}  // namespace imshealth
