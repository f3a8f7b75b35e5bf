// Raises alerts: into the event log, and among the last alerts of the state. What the log does not
// take now is kept in the state file, in order and bounded, and tried again: by the service also
// what an earlier run or a command left there.
#pragma once

#include "core/ports.h"
#include "core/state_keeper.h"

#include <deque>
#include <vector>

namespace imshealth {

class Alerter {
 public:
  Alerter(AlertLog& log, StateKeeper& state, const Clock& clock)
      : log_(log), state_(state), clock_(clock) {}

  void raise(const Alert&);
  /// An event that only counts if it is written now: not kept, not among the last alerts.
  Result<void> writeNow(const Alert&);
  /// Tries again what could not be written, also by others; to be called once a minute.
  void retry();

 private:
  /// In order; false: something is left.
  bool writePending();
  void keepPending();
  /// What was kept by this process, and has been written by another.
  void forgetWritten();

  AlertLog& log_;
  StateKeeper& state_;
  const Clock& clock_;
  std::deque<Alert> pending_;
  /// Of those that the state file lists, the ones that are or were among `pending_`.
  std::vector<Alert> kept_;
};

}  // namespace imshealth
