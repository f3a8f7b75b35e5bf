// imshealth repair: what the service would do at an event, now and once.
#include "core/alerts.h"
#include "core/attempt.h"
#include "core/decide.h"
#include "core/heading.h"
#include "core/listen.h"
#include "service/adapters.h"
#include "service/commands/command_policy.h"
#include "service/commands/commands.h"
#include "service/commands/event_loop.h"
#include "service/commands/repaired.h"
#include "service/install.h"
#include "service/open_event_source.h"
#include "service/win32/console_break.h"
#include "service/win32/file_io.h"
#include "service/win32/text.h"

#include <boost/asio/post.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <ostream>

namespace imshealth {
namespace {

using boost::asio::awaitable;

struct Options {
  std::vector<std::string> services;
  std::string policyFile;
  std::string script;
  bool dryRun = false;
  bool force = false;
  bool json = false;
};

/// The log as the repair's verification reads it, from where the service has got to.
class CommandTail : public Listener, public LogTail {
 public:
  CommandTail(boost::asio::io_context& loop, Adapters& adapters, const Policy& policy)
      : adapters_(adapters) {
    std::optional<Cursor> saved;
    if (const auto state = adapters.state.read(); state && !state->cursor.api.empty()) {
      saved = position_ = state->cursor;
    }
    source_ = openEventSource(loop.get_executor(), policy.eventLog.api, saved,
                              toSeconds(adapters.clock.now()));
    listening_ = std::make_unique<Listening>(*source_, *this, adapters.sleeper, adapters.clock);
  }

  void onEvent(const LogEvent& event) override { adapters_.witness.note(event); }
  void onAlert(const Alert&) override {}  // losses are the service's to tell
  void onPosition(const Cursor& cursor, bool) override { position_ = cursor; }
  Result<LogPosition> drain() override {
    if (auto drained = listening_->drain(); !drained) {
      return drained.error();
    }
    return LogPosition{position_.epoch, position_.newestSeen};
  }
  void stop() { source_->stop(); }

 private:
  Adapters& adapters_;
  std::unique_ptr<StoppableEventSource> source_;
  std::unique_ptr<Listening> listening_;
  Cursor position_;
};

/// As it would be run; nothing has been.
std::vector<StepReport> planned(const Plan& plan) {
  std::vector<StepReport> steps;
  for (const Step& step : plan.steps) {
    steps.push_back({step.kind, step.command(),
                     step.applicable ? StepResult::skipped : StepResult::notApplicable,
                     std::nullopt, step.whyNot});
  }
  return steps;
}

std::string resultWord(RepairOutcome::Result result) {
  return result == RepairOutcome::Result::repaired ? "repaired" : "failed";
}

class RepairRun {
 public:
  RepairRun(const Options& options, const CommandPolicy& policy, Adapters& adapters,
            CommandTail& tail, CommandIo& io)
      : options_(options), policy_(policy), adapters_(adapters), tail_(tail), io_(io) {}

  awaitable<Repaired> one(const WatchPolicy& watch) {
    Repaired repaired{
        .counterService = watch.counterService, .heading = heading(watch), .result = "refused"};
    if (!options_.dryRun) {
      co_await finishInterrupted(watch);
    }
    Examination examination = co_await examine(watch, policy_.policy.limits, policy_.origin,
                                               Occasion{}, adapters_.survey(), adapters_.probe);
    const bool cutShort = adapters_.stop.raised();  // what was found is not all there is to find
    if (cutShort || examination.findings.empty()) {
      repaired.result = cutShort ? "refused" : "notNeeded";
      repaired.reason = cutShort ? "stopped" : "healthy";
      if (const auto state = adapters_.state.read(); state && state->journal && !cutShort) {
        repaired.wayOn =
            fmt::format("a repair of {} is under way since {}, or was interrupted then",
                        state->journal->counterService, toIso(state->journal->begin));
      }
      co_return repaired;
    }
    const Time now = adapters_.clock.now();
    const auto state = currentState(now);
    Circumstances circumstances{.now = now,
                                .local = adapters_.clock.local(now),
                                .journalUnavailable = !state,
                                // An interrupted one that could not be undone just now.
                                .repairUnderWay = state && state->journal,
                                .force = options_.force};
    if (state && state->limits.contains(watch.counterService)) {
      circumstances.limits = state->limits.at(watch.counterService);
    }
    const Decision decision = decide(examination.findings, policy_.policy, watch, circumstances);
    circumstances.force = true;
    const Verdict forced =
        decide(examination.findings, policy_.policy, watch, circumstances).verdict;
    repaired.found = decision.explanation;
    if (decision.verdict != Verdict::repair) {
      const bool canBeForced = forced == Verdict::repair;
      const bool onlyPlanned = canBeForced && options_.dryRun;
      repaired.reason = fmt::format("{}{}", onlyPlanned ? "refused now: " : "",
                                    toString(canBeForced ? decision.verdict : forced));
      if (canBeForced) {
        sayWhatEndsIt(repaired, decision.verdict,
                      permittedFrom(circumstances.limits, policy_.policy.limits, now));
      }
      if (!onlyPlanned) {
        co_return repaired;
      }
    }
    Plan plan = planRepair(examination.facts, examination.findings, watch);
    if (!writeScript(plan)) {
      repaired.reason = "the script cannot be written";
      repaired.found.clear();
      co_return repaired;
    }
    if (options_.dryRun) {
      if (installedService() == Installed::paused && repaired.wayOn.empty()) {
        repaired.wayOn = "the service is paused and repairs nothing until net continue ImsHealth";
      }
      repaired.result = "planned";
      repaired.steps = planned(plan);
      co_return repaired;
    }
    RepairOrder order{
        .policy = policy_.policy,
        .watch = watch,
        .origin = policy_.origin,
        .examination = std::move(examination),
        .plan = std::move(plan),
        .backupFolder = backupFolderFor(policy_.folder.backup(), watch.counterService, now),
        .begin = now};
    if (io_.terminal) {
      io_.err << "imshealth: repairing; after the last step the event log is watched for "
              << policy_.policy.verify.watchFor.count() / 1000 << " s\n"
              << std::flush;
    }
    const auto outcome = co_await attemptRepair(std::move(order), ports());
    if (!outcome) {
      repaired.reason = "journalUnavailable: " + outcome.error().describe();
      repaired.found.clear();
      co_return repaired;
    }
    repaired.found.clear();
    repaired.result = resultWord(outcome->result);
    repaired.reason = outcome->reason;
    repaired.steps = outcome->steps;
    if (const auto after = adapters_.state.read();
        after && after->limits.contains(watch.counterService) &&
        after->limits.at(watch.counterService).circuitOpen) {
      repaired.wayOn = "the circuit is open until imshealth reset";
    }
    if (outcome->result == RepairOutcome::Result::failed) {
      repaired.rolledBack = outcome->rolledBack;
    }
    co_return repaired;
  }

  /// False: a script that was asked for is not there; nothing was or will be repaired.
  bool scriptWritten() const { return scriptWritten_; }
  bool hasPlans() const { return !plans_.empty(); }

 private:
  AttemptPorts ports() {
    return {adapters_.clock, adapters_.state, adapters_.alerter, adapters_.repair(tail_),
            unrecorded_};
  }

  /// A journal in the state file is of a program that was ended: the lock is ours.
  awaitable<void> finishInterrupted(WatchPolicy watch) {
    const auto state = adapters_.state.read();
    if (!state || !state->journal) {
      co_return;
    }
    const RepairJournal journal = *state->journal;
    io_.err << "imshealth: a repair of " << journal.counterService
            << " was interrupted; it is finished first\n";
    const WatchPolicy* known = policy_.policy.find(journal.counterService);
    if (known != nullptr) {
      watch = *known;
    }
    watch.counterService = journal.counterService;
    const std::string backupRoot = policy_.folder.backup();
    co_await finishRepair(journal, policy_.policy, watch, policy_.origin, backupRoot, ports());
  }

  /// A dry run writes nothing. Else what a clock that was wrong has left behind begins to pass.
  Result<State> currentState(Time now) {
    if (options_.dryRun) {
      return adapters_.state.read();
    }
    return adapters_.state.update([&](State& state) {
      for (auto& [service, limits] : state.limits) {
        settle(limits, policy_.policy.limits, now);
      }
    });
  }

  /// Before the first step of this plan is done. cmd.exe reads its files in the OEM code page.
  bool writeScript(const Plan& plan) {
    if (options_.script.empty()) {
      return true;
    }
    plans_.push_back(plan);
    const std::string script = asScript(plans_);
    const std::string bytes = utf8ToOem(script);
    auto written = oemToUtf8(bytes) == script
                       ? writeWholeFile(options_.script, bytes)
                       : Result<void>(Error(ErrorKind::unsupported, options_.script, 0,
                                            "a path cannot be written in the OEM code page"));
    if (!written) {
      io_.err << "imshealth: " << written.error().describe() << "\n";
      scriptWritten_ = false;
    }
    return scriptWritten_;
  }

  const Options& options_;
  const CommandPolicy& policy_;
  Adapters& adapters_;
  CommandTail& tail_;
  CommandIo& io_;
  std::vector<Plan> plans_;
  std::optional<UnrecordedEnd> unrecorded_;
  bool scriptWritten_ = true;
};

int run(const Options& options, CommandIo& io) {
  int code = exit_code::done;
  const auto policy = commandPolicy(options.policyFile, options.services, io, code);
  if (!policy) {
    return code;
  }
  if (!requireAdministrator(io)) {
    return exit_code::unreachable;
  }
  Adapters adapters(policy->folder, {}, policy->policy.log);
  if (!options.dryRun) {
    const auto made = makeDataFolder(policy->folder);
    if (!made) {
      io.err << "imshealth: " << made.error().describe() << "\n";
      return exit_code::unreachable;
    }
    for (const SetAside& foreign : *made) {
      adapters.alerter.raise(alerts::stateSetAside(foreign.file, foreign.movedTo));
    }
  }
  boost::asio::io_context loop{1};
  CommandTail tail(loop, adapters, policy->policy);
  if (!options.dryRun && !adapters.repairLock.tryAcquire()) {
    io.err << "imshealth: a repair is under way, by the service or another command; try again when "
              "it has ended\n";
    return exit_code::problem;
  }
  const ConsoleBreak stop([&] {
    boost::asio::post(loop, [&] {
      adapters.stop.raise();
      tail.stop();
    });
  });
  std::vector<Repaired> all;
  RepairRun repairs(options, *policy, adapters, tail, io);
  runToEnd(loop, [&]() -> awaitable<void> {
    for (const WatchPolicy& watch : policy->watches) {
      if (!adapters.stop.raised() && repairs.scriptWritten()) {
        all.push_back(co_await repairs.one(watch));
      }
    }
  }());
  while (all.size() < policy->watches.size()) {
    Repaired& leftOut = all.emplace_back();
    const WatchPolicy& watch = policy->watches[all.size() - 1];
    leftOut.counterService = watch.counterService;
    leftOut.heading = heading(watch);
    leftOut.result = "refused";
    leftOut.reason = repairs.scriptWritten() ? "stopped" : "the script cannot be written";
  }
  adapters.repairLock.release();
  for (const SetAside& damaged : adapters.state.takeSetAside()) {
    adapters.alerter.raise(alerts::stateSetAside(damaged.file, damaged.movedTo));
  }

  write(io, all, options.json);
  if (!repairs.scriptWritten()) {
    return exit_code::usage;
  }
  if (!options.script.empty()) {
    io.err << "imshealth: " << (repairs.hasPlans() ? "written: " : "no steps, not written: ")
           << options.script << "\n";
  }
  return std::ranges::all_of(all, isInOrder) ? exit_code::done : exit_code::problem;
}

}  // namespace

void addRepairCommand(const Verb& program) {
  const auto options = std::make_shared<Options>();
  const Verb repair = program.verb("repair", "Repair now, as the policy allows");
  repair.option("SERVICE", options->services,
                "Counter services; all watched ones where none is named");
  repair.option("--policy", options->policyFile, "Another policy file");
  repair.flag("--dry-run", options->dryRun, "Print the exact steps and run none");
  repair.flag("--force", options->force,
              "Whatever mode, cool-down, circuit and maintenance windows say; never against trust");
  repair.option("--script", options->script,
                "Write the steps as a .cmd file that a person can run");
  repair.flag("--json", options->json, "Machine-readable output");
  repair.does([options](CommandIo& io) { return run(*options, io); });
}

}  // namespace imshealth
