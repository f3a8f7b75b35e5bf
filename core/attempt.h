// One attempt at a repair, with what belongs around it: the count of attempts, alerts 201 to 203
// and 205, the record of the last repair. Shared by the service and `imshealth repair`.
#pragma once

#include "core/alerter.h"
#include "core/repair.h"

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <optional>
#include <string>

namespace imshealth {

/// The end of a repair that was told and that the state file did not take, as where the disk is
/// full. In memory only: the next start, which knows of none, rather tells it twice than never.
struct UnrecordedEnd {
  std::string backupFolder;  ///< this and `begin` say of which journal
  Time begin;
  std::function<void(State&)> record;

  bool isOf(const RepairJournal&) const;
};

struct AttemptPorts {
  const Clock& clock;
  StateKeeper& state;
  Alerter& alerter;
  RepairPorts repair;
  std::optional<UnrecordedEnd>& unrecorded;  ///< of this run of the program
};

/// The caller holds the repair lock. Error: the attempt could not be written into the state file,
/// so nothing was begun.
boost::asio::awaitable<Result<RepairOutcome>> attemptRepair(RepairOrder, AttemptPorts);

/// A journal that was found: completes or rolls back, with its alert. The caller holds the lock.
/// Nothing: this run of the program has told its end, and only records it.
boost::asio::awaitable<std::optional<RepairOutcome>> finishRepair(const RepairJournal&,
                                                                  const Policy&, const WatchPolicy&,
                                                                  PolicyOrigin,
                                                                  const std::string& backupRoot,
                                                                  AttemptPorts);

/// "…\backup\20261123-100200-MSExchangeIMC": unique, sortable, made of a policy's name only.
std::string backupFolderFor(const std::string& backupRoot, const std::string& counterService, Time);

}  // namespace imshealth
