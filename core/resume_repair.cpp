#include "core/found_backup.h"
#include "core/repair.h"
#include "core/roll_back.h"

namespace imshealth {

using boost::asio::awaitable;

namespace {

/// The counters of the server before the repair; nothing where it had not come to them yet.
Result<std::optional<IndexSpace>> countersBefore(const Result<Backup>& backup) {
  if (!backup || !backup->manifest().perflibTotals) {
    return std::optional<IndexSpace>();
  }
  auto facts = backup->savedFacts();
  if (!facts) {
    return facts.error();
  }
  return std::optional<IndexSpace>(std::move(facts->indexSpace));
}

}  // namespace

awaitable<RepairOutcome> resumeRepair(const RepairJournal& found, const Policy& policy,
                                      const WatchPolicy& watch, PolicyOrigin origin,
                                      const std::string& backupRoot, Journal& journal,
                                      RepairPorts ports) {
  RepairOutcome outcome;
  outcome.steps = found.done;
  outcome.failedStep = found.failedStep;
  outcome.reason = found.reason;
  if (const auto opened = journal.open(found); !opened) {
    outcome.result = RepairOutcome::Result::interrupted;
    outcome.reason = "the journal cannot be written: " + opened.error().describe();
    co_return outcome;
  }
  auto backup = openFoundBackup(found, watch, backupRoot, ports.survey, ports.forBackup());
  // A roll-back that did not succeed has been told: since then a person may have repaired by hand.
  if (!found.rollingBack || found.told) {
    const auto before = countersBefore(backup);
    Verification verification;
    if (before) {
      ports.witness.attend(watch.counterService, toSeconds(found.begin));
      const Claim claim{.unloaded = false, .loaded = false, .before = *before, .fromJournal = true};
      verification = co_await verify(watch, policy, std::move(origin), claim, ports.forVerify());
      ports.witness.dismiss();
    } else {
      verification.reason = "what was before cannot be read: " + before.error().describe();
    }
    if (verification.result == Verification::Result::interrupted) {
      outcome.result = RepairOutcome::Result::interrupted;
      co_return outcome;
    }
    if (verification.result == Verification::Result::proven) {
      outcome.result = RepairOutcome::Result::repaired;
      outcome.restartNeeded = verification.restartNeeded;
      outcome.seen = verification.seen;
      outcome.steps.push_back({StepKind::verify, "verify after a restart of the program",
                               StepResult::done, std::nullopt, verification.reason});
      journal.close();
      co_return outcome;
    }
    if (!found.rollingBack) {
      outcome.failedStep = found.intent ? toString(*found.intent) : toString(StepKind::verify);
      outcome.reason = "the program ended during this step; " + verification.reason;
      (void)journal.beginRollBack(outcome.failedStep, outcome.reason);
    }
  }
  const bool noManifest = !backup && backup.error().kind == ErrorKind::missing;
  if (noManifest && found.done.empty()) {
    // Nothing had been saved yet, so nothing had been changed.
    journal.close();
    outcome.rolledBack = true;
    co_return outcome;
  }
  if (!backup) {
    outcome.reason += "; " + backup.error().describe();
    if (noManifest ||
        isForGood(backup.error())) {  // each step has saved before it was done: it is gone
      journal.close();
    }
    co_return outcome;
  }
  outcome.rolledBack = co_await rollBack(*backup, journal, ports.sleeper, outcome.reason);
  co_return outcome;
}

}  // namespace imshealth
