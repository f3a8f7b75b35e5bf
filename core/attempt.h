// One attempt at a repair, with what belongs around it: the count of attempts, alerts 201 to 203
// and 205, the record of the last repair. Shared by the service and `imshealth repair`.
#pragma once

#include "core/alerter.h"
#include "core/repair.h"

#include <boost/asio/awaitable.hpp>

#include <string>

namespace imshealth {

struct AttemptPorts {
  const Clock& clock;
  StateKeeper& state;
  Alerter& alerter;
  RepairPorts repair;
};

/// The caller holds the repair lock. Error: the attempt could not be counted in the state file, so
/// nothing was begun.
boost::asio::awaitable<Result<RepairOutcome>> attemptRepair(RepairOrder, AttemptPorts);

/// A journal that was found: completes or rolls back, with its alert. The caller holds the lock.
boost::asio::awaitable<RepairOutcome> finishRepair(const RepairJournal&, const Policy&,
                                                   const WatchPolicy&, PolicyOrigin,
                                                   const std::string& backupRoot, AttemptPorts);

/// "…\backup\20261123-100200-MSExchangeIMC": unique, sortable, made of a policy's name only.
std::string backupFolderFor(const std::string& backupRoot, const std::string& counterService, Time);

}  // namespace imshealth
