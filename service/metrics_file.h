// The file of `metrics.textfile` in the policy: written aside and renamed, so that whoever reads it
// never sees half of it.
#pragma once

#include "core/ports.h"
#include "core/state_keeper.h"
#include "service/log_file.h"

namespace imshealth {

class MetricsFile {
 public:
  MetricsFile(StateKeeper& state, FileChanges& files, const Clock& clock, LogFile& log)
      : state_(state), files_(files), clock_(clock), log_(log) {}

  /// The policy in force.
  void follow(const Policy& policy) { policy_ = policy; }
  /// policy.json as it is now was refused, and an earlier one is in force.
  void markRefused(bool refused) { refused_ = refused; }

  /// Nothing where the policy names no file. A failure is a line in the log file, once until it
  /// succeeds.
  void write();

 private:
  StateKeeper& state_;
  FileChanges& files_;
  const Clock& clock_;
  LogFile& log_;
  Policy policy_;
  bool refused_ = false;
  bool failed_ = false;
};

}  // namespace imshealth
