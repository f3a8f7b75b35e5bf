// Raises alerts: into the event log, and among the last alerts of the state. What the log does not take
// now is kept in the state file, in order and bounded, and tried again, by the next run if need be.
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
  /// An event that only counts if it is written now: not kept, not among the last alerts.
  Result<void> writeNow(const Alert&);
  /// Tries again what could not be written, also by an earlier run; to be called once a minute.
  void retry();

 private:
  /// In order; false: something is left.
  bool writePending();
  void keepPending();

  AlertLog& log_;
  StateKeeper& state_;
  const Clock& clock_;
  std::deque<Alert> pending_;
  bool knowsEarlier_ = false;  ///< what an earlier run left is among `pending_`
  bool keptSome_ = false;      ///< the state file lists pending alerts
};

}  // namespace imshealth
