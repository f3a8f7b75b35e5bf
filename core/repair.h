// The repair: one coroutine that reads like article Q256927, under a journal, with a way back from
// every point.
#pragma once

#include "config/policy.h"
#include "core/backup.h"
#include "core/examine.h"
#include "core/journal.h"
#include "core/plan.h"
#include "core/verify.h"

#include <boost/asio/awaitable.hpp>

#include <string>
#include <vector>

namespace imshealth {

struct RepairOutcome {
  enum class Result {
    repaired,     ///< and proven
    failed,       ///< rolledBack says whether everything is as it was
    interrupted,  ///< told to stop; the journal stays open and the next start goes on
  };
  Result result = Result::failed;
  std::vector<StepReport> steps;
  std::string failedStep;
  std::string reason;
  /// Repaired: the log has been heard up to here. A failure behind it is of after the repair,
  /// however soon it comes.
  LogPosition seen;
  bool rolledBack = false;
  bool restartNeeded = false;

  /// "registerLibrary, backUp, …": the steps that were done.
  std::string stepsDone() const;
};

struct RepairPorts {
  SurveyPorts survey;
  CounterRegistryBackup& registry;
  FileChanges& changes;
  ToolRunner& tools;
  OpenProbe& probe;
  Sleeper& sleeper;
  LogTail& log;
  Witness& witness;

  VerifyPorts forVerify() const { return {survey, probe, sleeper, log, witness}; }
  Backup::Ports forBackup() const { return {survey.counters, registry, survey.files, changes}; }
};

/// What a repair works on.
struct RepairOrder {
  Policy policy;
  WatchPolicy watch;
  PolicyOrigin origin;
  Examination examination;
  Plan plan;
  std::string backupFolder;
  Time begin;
};

/// Carries the plan out; the journal is open. It is closed when this returns, unless the repair was
/// interrupted, or a roll-back may still succeed.
boost::asio::awaitable<RepairOutcome> repair(RepairOrder, Journal&, RepairPorts);

/// Takes up a repair whose program ended: verifies, then completes or rolls back; never starts
/// over. A backup that our repair cannot have made (core/found_backup.h) ends it without a
/// roll-back.
boost::asio::awaitable<RepairOutcome> resumeRepair(const RepairJournal&, const Policy&,
                                                   const WatchPolicy&, PolicyOrigin,
                                                   const std::string& backupRoot, Journal&,
                                                   RepairPorts);

}  // namespace imshealth
