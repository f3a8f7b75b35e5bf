// imshealth repair: what the service would do at an event, now and once.
#include "core/attempt.h"
#include "core/decide.h"
#include "core/listen.h"
#include "service/adapters.h"
#include "service/commands/command_policy.h"
#include "service/commands/commands.h"
#include "service/commands/event_loop.h"
#include "service/commands/output.h"
#include "service/open_event_source.h"
#include "service/win32/console_break.h"
#include "service/win32/file_io.h"

#include <CLI/CLI.hpp>
#include <boost/asio/post.hpp>

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

struct Repaired {
  std::string counterService;
  std::string result;  ///< repaired, failed, notNeeded, refused, planned
  std::string reason;
  std::vector<StepReport> steps;
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
  void onPosition(const Cursor& cursor) override { position_ = cursor; }
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
    Repaired repaired{watch.counterService, "refused", {}, {}};
    if (!options_.dryRun) {
      const auto state = adapters_.state.read();
      if (state && state->journal) {
        repaired.reason = "a repair was interrupted; it is being finished first";
        co_await finishInterrupted(*state->journal, watch);
      }
    }
    Examination examination = co_await examine(watch, policy_.policy.limits, policy_.origin,
                                               Occasion{}, adapters_.survey(), adapters_.probe);
    if (examination.findings.empty()) {
      co_return Repaired{watch.counterService, "notNeeded", "healthy", {}};
    }
    const auto state = adapters_.state.read();
    const Time now = adapters_.clock.now();
    Circumstances circumstances{.now = now,
                                .local = adapters_.clock.local(now),
                                .journalUnavailable = !state,
                                .force = options_.force || options_.dryRun};
    if (state && state->limits.contains(watch.counterService)) {
      circumstances.limits = state->limits.at(watch.counterService);
    }
    const Decision decision = decide(examination.findings, policy_.policy, watch, circumstances);
    repaired.reason = std::string(toString(decision.verdict)) + ": " + decision.explanation;
    if (decision.verdict != Verdict::repair) {
      co_return repaired;
    }
    Plan plan = planRepair(examination.facts, examination.findings, watch);
    writeScript(plan);
    if (options_.dryRun) {
      co_return Repaired{watch.counterService, "planned", decision.explanation, planned(plan)};
    }
    RepairOrder order{
        .policy = policy_.policy,
        .watch = watch,
        .origin = policy_.origin,
        .examination = std::move(examination),
        .plan = std::move(plan),
        .backupFolder = backupFolderFor(policy_.folder.backup(), watch.counterService, now),
        .begin = now};
    const auto outcome = co_await attemptRepair(std::move(order), ports());
    if (!outcome) {
      repaired.reason = "journalUnavailable: " + outcome.error().describe();
      co_return repaired;
    }
    co_return Repaired{watch.counterService, resultWord(outcome->result), outcome->reason,
                       outcome->steps};
  }

 private:
  AttemptPorts ports() {
    return {adapters_.clock, adapters_.state, adapters_.alerter, adapters_.repair(tail_)};
  }

  awaitable<void> finishInterrupted(RepairJournal journal, WatchPolicy watch) {
    const WatchPolicy* known = policy_.policy.find(journal.counterService);
    if (known != nullptr) {
      watch = *known;
    }
    watch.counterService = journal.counterService;
    co_await finishRepair(journal, policy_.policy, watch, policy_.origin, ports());
  }

  void writeScript(const Plan& plan) {
    if (options_.script.empty()) {
      return;
    }
    if (auto written = writeWholeFile(options_.script, asScript(plan)); !written) {
      io_.err << "imshealth: " << written.error().describe() << "\n";
    }
  }

  const Options& options_;
  const CommandPolicy& policy_;
  Adapters& adapters_;
  CommandTail& tail_;
  CommandIo& io_;
};

Json toJson(const Repaired& repaired) {
  Json steps = Json::array();
  for (const StepReport& step : repaired.steps) {
    steps.push_back({{"step", toString(step.kind)},
                     {"command", step.command},
                     {"result", toString(step.result)},
                     {"exitCode", orNull(step.exitCode)},
                     {"note", step.note}});
  }
  return {{"counterService", repaired.counterService},
          {"result", repaired.result},
          {"reason", repaired.reason},
          {"steps", std::move(steps)}};
}

void writeText(CommandIo& io, const Repaired& repaired) {
  const bool good = repaired.result == "repaired" || repaired.result == "notNeeded";
  io.out << repaired.counterService << ": "
         << coloured(io, good ? Colour::good : Colour::bad, repaired.result) << "\n";
  if (!repaired.reason.empty()) {
    io.out << "  " << repaired.reason << "\n";
  }
  for (const StepReport& step : repaired.steps) {
    io.out << "  " << toString(step.kind) << ": ";
    if (repaired.result == "planned" && step.result == StepResult::skipped) {
      io.out << step.command;
    } else {
      io.out << toString(step.result);
      if (step.exitCode) {
        io.out << " (exit code " << *step.exitCode << ")";
      }
      io.out << "  " << step.command;
    }
    if (!step.note.empty()) {
      io.out << "  [" << step.note << "]";
    }
    io.out << "\n";
  }
}

int run(const Options& options, CommandIo& io) {
  int code = exit_code::done;
  const auto policy = commandPolicy(options.policyFile, options.services, io, code);
  if (!policy) {
    return code;
  }
  if (!requireAdministrator(io)) {
    return exit_code::unreachable;
  }
  if (!options.dryRun) {
    if (auto made = makeDataFolder(policy->folder); !made) {
      io.err << "imshealth: " << made.error().describe() << "\n";
      return exit_code::unreachable;
    }
  }
  Adapters adapters(policy->folder, {}, policy->policy.log);
  boost::asio::io_context loop{1};
  CommandTail tail(loop, adapters, policy->policy);
  if (!options.dryRun && !adapters.repairLock.tryAcquire()) {
    io.err << "imshealth: another process repairs\n";
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
      if (!adapters.stop.raised()) {
        all.push_back(co_await repairs.one(watch));
      }
    }
  }());
  adapters.repairLock.release();

  bool done = true;
  Json services = Json::array();
  for (const Repaired& repaired : all) {
    done = done && (repaired.result == "repaired" || repaired.result == "notNeeded");
    if (options.json) {
      services.push_back(toJson(repaired));
    } else {
      writeText(io, repaired);
    }
  }
  if (options.json) {
    writeJson(io, {{"services", std::move(services)}});
  }
  return done ? exit_code::done : exit_code::problem;
}

}  // namespace

void addRepairCommand(CLI::App& app, Invocation& invocation) {
  const auto options = std::make_shared<Options>();
  CLI::App* repair = app.add_subcommand("repair", "Repair now, as the policy allows");
  repair->add_option("SERVICE", options->services,
                     "Counter services; all watched ones where none is named");
  repair->add_option("--policy", options->policyFile, "Another policy file");
  repair->add_flag("--dry-run", options->dryRun, "Print the exact steps and run none");
  repair->add_flag(
      "--force", options->force,
      "Whatever mode, cool-down, circuit and maintenance windows say; never against trust");
  repair->add_option("--script", options->script,
                     "Write the steps as a .cmd file that a person can run");
  repair->add_flag("--json", options->json, "Machine-readable output");
  repair->callback([&invocation, options] {
    invocation.action = [&invocation, options] { return run(*options, invocation.io); };
  });
}

}  // namespace imshealth
