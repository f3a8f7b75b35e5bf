#include "core/repair.h"

#include "core/invariants.h"
#include "core/roll_back.h"

#include <fmt/format.h>

namespace imshealth {

namespace {

using boost::asio::awaitable;

/// Why a step failed; empty: it did not.
using Failure = std::optional<std::string>;

/// regsvr32's exit codes (Raymond Chen, 2018-09-20; Q207132). Not contractual: they never decide.
std::string_view meaningOfRegsvr32(std::uint32_t exitCode) {
  switch (exitCode) {
    case 0: return "";
    case 1: return "bad command line";
    case 2: return "OleInitialize failed";
    case 3: return "the library could not be loaded";
    case 4: return "the library has no DllRegisterServer";
    case 5: return "DllRegisterServer returned a failure";
    default: return "regsvr32 ended abnormally";
  }
}

class Repair {
 public:
  Repair(RepairOrder order, Journal& journal, RepairPorts ports)
      : order_(std::move(order)),
        journal_(journal),
        ports_(ports),
        backup_(order_.backupFolder, order_.watch.counterService, ports_.forBackup()) {}

  awaitable<RepairOutcome> run();

 private:
  awaitable<Failure> carryOut(const Step& step, StepReport& report);
  Failure restoreLibrary();
  awaitable<Failure> registerLibrary(const Step& step, StepReport& report);
  awaitable<Failure> backUp(StepReport& report);
  awaitable<Failure> unloadCounters(const Step& step, StepReport& report);
  awaitable<Failure> loadCounters(const Step& step, StepReport& report);
  awaitable<Failure> verifyAll(StepReport& report);
  awaitable<Failure> runTool(const Step& step, StepReport& report);
  Failure removeIndexValues();

  RepairOrder order_;
  Journal& journal_;
  RepairPorts ports_;
  Backup backup_;
  Claim claim_;
  RepairOutcome outcome_;
  bool interrupted_ = false;
};

Failure asFailure(const Result<void>& result) {
  return result ? Failure() : Failure(result.error().describe());
}

awaitable<Failure> Repair::runTool(const Step& step, StepReport& report) {
  const auto result = co_await ports_.tools.run(*step.tool, order_.policy.limits.commandTimeout);
  if (!result) {
    co_return result.error().describe();
  }
  switch (result->end) {
    case ToolEnd::timedOut:
      co_return fmt::format("{} did not end within its time limit and was ended", step.command());
    case ToolEnd::stopped:
      co_return fmt::format("{} was ended because the service was told to stop", step.command());
    case ToolEnd::exited: break;
  }
  report.exitCode = result->exitCode;
  co_return std::nullopt;
}

Failure Repair::restoreLibrary() {
  const std::string& target = order_.examination.facts.library.path;
  const auto copy = ports_.survey.files.read(*order_.watch.trustedCopy, 64ull * 1024 * 1024);
  if (!copy) {
    return copy.error().describe();
  }
  const auto image = readPeImage(*copy);
  if (!image) {
    return "the trusted copy is not a library: " + image.error().describe();
  }
  if (*image != order_.examination.facts.library.trustedCopyImage) {
    return "the trusted copy is not what it was when it was examined";
  }
  if (auto failed = asFailure(backup_.saveLibrary(target))) {
    return failed;
  }
  return asFailure(ports_.changes.replace(target, *copy));
}

awaitable<Failure> Repair::registerLibrary(const Step& step, StepReport& report) {
  if (auto failed = asFailure(backup_.savePerformanceKey())) {
    co_return failed;
  }
  auto failed = co_await runTool(step, report);
  if (!failed && report.exitCode && *report.exitCode != 0) {
    // No exit code of it stops the counter steps: performance libraries need not be COM servers.
    report.result = StepResult::failed;
    report.note = meaningOfRegsvr32(*report.exitCode);
  }
  co_return failed;
}

/// Windows XP and later save all counter settings of the machine as a text, for a person to look
/// at; our own roll-back does not use it, so its failure stops nothing.
awaitable<Failure> Repair::backUp(StepReport& report) {
  const Facts& facts = order_.examination.facts;
  if (auto failed = asFailure(backup_.saveCounters(facts))) {
    co_return failed;
  }
  const bool knowsSave =
      facts.system.osMajor > 5 || (facts.system.osMajor == 5 && facts.system.osMinor >= 1);
  if (knowsSave) {
    const ToolCommand save{facts.system.systemDirectory + "\\lodctr.exe",
                           {"/S:" + order_.backupFolder + "\\lodctr.txt"},
                           facts.system.systemDirectory};
    const auto saved = co_await ports_.tools.run(save, order_.policy.limits.commandTimeout);
    if (!saved || saved->end != ToolEnd::exited || saved->exitCode != 0) {
      report.note = "lodctr /S: did not save all settings";
    }
  }
  co_return std::nullopt;
}

Failure Repair::removeIndexValues() {
  const auto& service = order_.watch.counterService;
  auto image = ports_.registry.capturePerformanceKey(service);
  if (!image) {
    return image.error().describe();
  }
  std::erase_if(image->values, [](const RegistryValue& value) { return isIndexValue(value); });
  return asFailure(ports_.registry.restorePerformanceKey(service, *image));
}

awaitable<Failure> Repair::unloadCounters(const Step& step, StepReport& report) {
  const auto& service = order_.watch.counterService;
  if (!step.tool) {
    co_return removeIndexValues();
  }
  // Looked at again just before, as the diagnosis did: with a wrong range unlodctr deletes other
  // products' texts.
  const auto space = ports_.survey.counters.indexSpace();
  if (!space) {
    co_return space.error().describe();
  }
  const auto stored = ports_.survey.counters.performanceKey(service);
  if (!stored) {
    co_return stored.error().describe();
  }
  if (stored->indexValues() != 4) {
    co_return "unlodctr refused: the index values have changed since they were looked at";
  }
  const CounterFileFacts& counterFile = order_.examination.facts.counterFile;
  for (const Violation& violation : brokenInvariants(service, *space, *stored, counterFile)) {
    if (makesUnloadingUnsafe(violation)) {
      co_return "unlodctr refused: " + violation.text;
    }
  }
  if (auto failed = co_await runTool(step, report)) {
    co_return failed;
  }
  claim_.unloaded = true;
  // Its exit code lies: 2 although it succeeded where WMI is stopped (KB269225).
  const auto key = ports_.survey.counters.performanceKey(service);
  if (!key) {
    co_return key.error().describe();
  }
  if (key->indexValues() != 0) {
    co_return fmt::format("unlodctr ended with exit code {} and the counters are still loaded",
                          report.exitCode.value_or(0));
  }
  co_return std::nullopt;
}

awaitable<Failure> Repair::loadCounters(const Step& step, StepReport& report) {
  if (auto failed = co_await runTool(step, report)) {
    co_return failed;
  }
  claim_.loaded = true;
  // Exit code 0 only says that the command line was well formed; the registry tells.
  const auto key = ports_.survey.counters.performanceKey(order_.watch.counterService);
  if (!key) {
    co_return key.error().describe();
  }
  if (key->indexValues() != 4) {
    co_return fmt::format("lodctr ended with exit code {} and the counters are not loaded",
                          report.exitCode.value_or(0));
  }
  co_return std::nullopt;
}

awaitable<Failure> Repair::verifyAll(StepReport& report) {
  const Verification verification =
      co_await verify(order_.watch, order_.policy, order_.origin, claim_, ports_.forVerify());
  outcome_.restartNeeded = verification.restartNeeded;
  outcome_.seen = verification.seen;
  if (verification.result == Verification::Result::proven) {
    report.note = verification.restartNeeded ? verification.reason + "; restart the machine"
                                             : verification.reason;
    co_return std::nullopt;
  }
  interrupted_ = verification.result == Verification::Result::interrupted;
  outcome_.failedStep = toString(verification.failedStep);
  co_return verification.reason;
}

awaitable<Failure> Repair::carryOut(const Step& step, StepReport& report) {
  if (auto failed = asFailure(journal_.intend(step.kind))) {
    co_return "the journal cannot be written: " + *failed;
  }
  switch (step.kind) {
    case StepKind::restoreLibrary: co_return restoreLibrary();
    case StepKind::registerLibrary: co_return co_await registerLibrary(step, report);
    case StepKind::backUp: co_return co_await backUp(report);
    case StepKind::unloadCounters: co_return co_await unloadCounters(step, report);
    case StepKind::loadCounters: co_return co_await loadCounters(step, report);
    case StepKind::verify: co_return co_await verifyAll(report);
  }
  co_return "unknown step";
}

awaitable<RepairOutcome> Repair::run() {
  claim_.before = order_.examination.facts.indexSpace;
  // What is still unread is of before, such as the complaints of an earlier attempt.
  Failure failure;
  if (const auto read = ports_.log.drain(); !read) {
    failure =
        "the event log cannot be read, so nothing could be proved: " + read.error().describe();
    outcome_.failedStep = toString(order_.plan.steps.front().kind);
  }
  ports_.witness.attend(order_.watch.counterService);
  for (const Step& step : order_.plan.steps) {
    StepReport report{step.kind, step.command(), StepResult::done, std::nullopt, {}};
    if (failure) {
      report.result = StepResult::skipped;
    } else if (!step.applicable) {
      report.result = StepResult::notApplicable;
      report.note = step.whyNot;
    } else {
      failure = co_await carryOut(step, report);
      if (failure) {
        report.result = StepResult::failed;
        report.note = *failure;
        if (outcome_.failedStep.empty()) {
          outcome_.failedStep = toString(step.kind);
        }
      } else if (auto unwritten = asFailure(journal_.note(report))) {
        // The next intent will fail too, before anything is changed.
        report.note = "the journal cannot be written: " + *unwritten;
      }
    }
    outcome_.steps.push_back(std::move(report));
  }
  ports_.witness.dismiss();
  if (!failure) {
    outcome_.result = RepairOutcome::Result::repaired;
    journal_.close();
    co_return outcome_;
  }
  outcome_.reason = *failure;
  if (interrupted_) {
    outcome_.result = RepairOutcome::Result::interrupted;
    co_return outcome_;
  }
  outcome_.result = RepairOutcome::Result::failed;
  (void)journal_.beginRollBack(outcome_.failedStep, outcome_.reason);
  outcome_.rolledBack = co_await rollBack(backup_, journal_, ports_.sleeper, outcome_.reason);
  co_return outcome_;
}

}  // namespace

std::string RepairOutcome::stepsDone() const {
  std::string names;
  for (const StepReport& step : steps) {
    if (step.result == StepResult::done) {
      names += (names.empty() ? "" : ", ") + std::string(toString(step.kind));
    }
  }
  return names;
}

awaitable<RepairOutcome> repair(RepairOrder order, Journal& journal, RepairPorts ports) {
  Repair run(std::move(order), journal, ports);
  co_return co_await run.run();
}

}  // namespace imshealth
