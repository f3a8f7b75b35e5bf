// The file of `metrics.textfile` in the policy: written aside and renamed, so that whoever reads it
// never sees half of it. Only where nobody but administrators can write: SYSTEM writes there.
#pragma once

#include "core/ports.h"
#include "core/state_keeper.h"
#include "service/log_file.h"

namespace imshealth {

class MetricsFile {
 public:
  MetricsFile(StateKeeper& state, const FileFacts& files, const Clock& clock, LogFile& log)
      : state_(state), files_(files), clock_(clock), log_(log) {}

  /// The policy in force.
  void follow(const Policy& policy) { policy_ = policy; }
  /// policy.json as it is now was refused, and an earlier one is in force.
  void markRefused(bool refused) { refused_ = refused; }

  /// Nothing where the policy names no file. A failure is a line in the log file, once until it
  /// succeeds.
  void write();

 private:
  Result<void> replace(const std::string& file, const std::string& text) const;

  StateKeeper& state_;
  const FileFacts& files_;
  const Clock& clock_;
  LogFile& log_;
  Policy policy_;
  bool refused_ = false;
  bool failed_ = false;
};

}  // namespace imshealth
