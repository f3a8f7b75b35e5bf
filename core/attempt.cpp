#include "core/attempt.h"

#include "config/ascii.h"
#include "core/alerts.h"

#include <fmt/format.h>

#include <algorithm>

namespace imshealth {

namespace {

using boost::asio::awaitable;

/// Where it cannot be written, the journal stays: finishRepair tries again, or else the next start
/// takes the repair up once more.
void recordEnd(AttemptPorts& ports) {
  if (ports.state.update(ports.unrecorded->record)) {
    ports.unrecorded.reset();
  }
}

/// Says how the attempt went, then records it: its end, where the log stood, that the journal is
/// done with. In this order, and in one write: killed in between, the next start takes the repair
/// up and says it once more.
void conclude(const RepairOutcome& outcome, const std::string& service, Time begin,
              const Policy& policy, LogPosition end, const Journal& journal, AttemptPorts& ports) {
  const bool repaired = outcome.result == RepairOutcome::Result::repaired;
  const Time now = ports.clock.now();
  LimitState limits;
  if (const auto state = ports.state.read()) {
    if (const auto found = state->limits.find(service); found != state->limits.end()) {
      limits = found->second;
    }
  }
  const bool opened = endAttempt(limits, policy.limits, now, repaired, outcome.reason);
  if (repaired) {
    ports.alerter.raise(alerts::repairVerified(
        service, outcome.stepsDone() + (outcome.restartNeeded ? " (restart the machine)" : ""),
        now - begin));
  } else {
    ports.alerter.raise(
        alerts::repairFailed(service, outcome.failedStep, outcome.reason, outcome.rolledBack));
  }
  if (opened) {
    ports.alerter.raise(alerts::circuitOpen(service, limits.attempts.size(), outcome.reason));
  }
  ports.unrecorded = UnrecordedEnd{
      .backupFolder = journal.record().backupFolder,
      .begin = journal.record().begin,
      .record = [=, reason = outcome.reason, allowed = policy.limits,
                 settled = !journal.isOpen()](State& state) {
        LimitState& counted = state.limits[service];
        if (endAttempt(counted, allowed, now, repaired, reason) && !opened) {
          counted.lastReminder.reset();  // the state could not be read above: 205 is still to come
        }
        state.lastRepairs[service] = {end.epoch, end.newestRecord, begin, now, repaired};
        // One that began after it, where it is recorded late, is another.
        const auto isIts = [&](const Incident& incident) {
          return equalsIgnoringCase(incident.counterService, service) && incident.since <= now;
        };
        if (repaired) {
          std::erase_if(state.incidents, isIts);
        } else if (const auto incident = std::ranges::find_if(state.incidents, isIts);
                   incident != state.incidents.end()) {
          incident->verdict = attemptFailed;
        }
        if (settled) {
          state.journal.reset();
        } else if (state.journal) {
          state.journal->told = true;
        }
      }};
  recordEnd(ports);
}

/// Where the log stood when the repair ended. What a repair in vain and its roll-back have left
/// unread is theirs.
LogPosition endOf(const RepairOutcome& outcome, LogTail& log) {
  if (outcome.result == RepairOutcome::Result::repaired) {
    return outcome.seen;
  }
  const auto position = log.drain();
  return position ? *position : LogPosition{};
}

}  // namespace

bool UnrecordedEnd::isOf(const RepairJournal& journal) const {
  return journal.backupFolder == backupFolder && journal.begin == begin;
}

std::string backupFolderFor(const std::string& backupRoot, const std::string& counterService,
                            Time time) {
  std::string stamp = toIso(time);  // 2026-11-23T10:02:00Z
  std::erase_if(stamp, [](char c) { return c == '-' || c == ':' || c == 'Z'; });
  std::replace(stamp.begin(), stamp.end(), 'T', '-');
  // A counter service's name may hold blanks ("Remote Access"); anything a path could trip over
  // goes.
  std::string name = counterService;
  std::replace_if(
      name.begin(), name.end(),
      [](char c) { return std::string_view("\\/:*?\"<>|. ").find(c) != std::string_view::npos; },
      '_');
  return fmt::format("{}\\{}-{:03}-{}", backupRoot, stamp, time.time_since_epoch().count() % 1000,
                     name);
}

awaitable<Result<RepairOutcome>> attemptRepair(RepairOrder order, AttemptPorts ports) {
  const std::string service = order.watch.counterService;
  const Policy policy = order.policy;
  const Time begin = order.begin;
  Journal journal(ports.state);
  RepairJournal record{.counterService = service,
                       .begin = begin,
                       .backupFolder = order.backupFolder,
                       .done = {},
                       .intent = std::nullopt,
                       .rollingBack = false,
                       .failedStep = {},
                       .reason = {}};
  // In one write: no attempt is counted that has no journal, whose end would be forgotten.
  const auto begun = journal.open(std::move(record), [&](State& state) {
    beginAttempt(state.limits[service], policy.limits, begin);
  });
  if (!begun) {
    co_return begun.error();
  }
  ports.alerter.raise(alerts::repairBegins(service, order.plan.summary()));
  RepairOutcome outcome = co_await repair(std::move(order), journal, ports.repair);
  if (outcome.result != RepairOutcome::Result::interrupted) {
    conclude(outcome, service, begin, policy, endOf(outcome, ports.repair.log), journal, ports);
  }
  co_return outcome;
}

awaitable<std::optional<RepairOutcome>> finishRepair(const RepairJournal& found,
                                                     const Policy& policy, const WatchPolicy& watch,
                                                     PolicyOrigin origin,
                                                     const std::string& backupRoot,
                                                     AttemptPorts ports) {
  // A roll-back that did not succeed waits for it too: who was told may repair by hand, and only
  // the journal says that this is to be looked at first.
  if (ports.unrecorded && ports.unrecorded->isOf(found)) {
    recordEnd(ports);
    co_return std::nullopt;
  }
  Journal journal(ports.state);
  RepairOutcome outcome = co_await resumeRepair(found, policy, watch, std::move(origin), backupRoot,
                                                journal, ports.repair);
  // A roll-back that goes on failing is tried each minute and told once.
  const bool nothingNew = found.told && outcome.result == RepairOutcome::Result::failed &&
                          !outcome.rolledBack && journal.isOpen();
  if (outcome.result != RepairOutcome::Result::interrupted && !nothingNew) {
    conclude(outcome, watch.counterService, found.begin, policy, endOf(outcome, ports.repair.log),
             journal, ports);
  }
  co_return outcome;
}

}  // namespace imshealth
