#include "core/verify.h"

#include <fmt/format.h>

namespace imshealth {

namespace {

Verification disproved(std::string reason, StepKind step = StepKind::verify) {
  return {.result = Verification::Result::disproved,
          .reason = std::move(reason),
          .seen = {},
          .restartNeeded = false,
          .failedStep = step};
}

/// What LoadPerf has to have said by the end, where the system has that source.
std::optional<Verification> missingOfLoadPerf(const Claim& claim, const Witness& witness,
                                              const SystemFacts& system) {
  if (!system.hasLoadPerfSource || claim.fromJournal) {
    return std::nullopt;
  }
  if (claim.unloaded && !witness.unloaded()) {
    return disproved("LoadPerf did not log event 1001", StepKind::unloadCounters);
  }
  if (claim.loaded && !witness.loaded()) {
    return disproved("LoadPerf did not log event 1000", StepKind::loadCounters);
  }
  return std::nullopt;
}

Verification interrupted() {
  Verification result;
  result.result = Verification::Result::interrupted;
  result.reason = "told to stop";
  return result;
}

}  // namespace

boost::asio::awaitable<Verification> verify(const WatchPolicy& watch, const Policy& policy,
                                            PolicyOrigin origin, const Claim& claim,
                                            VerifyPorts ports) {
  const auto position = ports.log.drain();
  if (!position) {
    co_return disproved("the event log cannot be read: " + position.error().describe());
  }
  const Occasion nothingHappened;
  Examination now = co_await examine(watch, policy.limits, std::move(origin), nothingHappened,
                                     ports.survey, ports.probe);
  if (ports.witness.complaint()) {
    co_return disproved(*ports.witness.complaint(), StepKind::loadCounters);
  }
  if (!co_await ports.sleeper.sleep(Milliseconds(0))) {
    co_return interrupted();  // so was the probe, which says nothing about the library then
  }
  if (!now.findings.empty()) {
    const Finding& main = now.findings.front();
    co_return disproved(fmt::format("{}: {}", toString(main.cause), main.evidence),
                        claim.loaded && now.facts.key.indexValues() == 0 ? StepKind::loadCounters
                                                                         : StepKind::verify);
  }
  if (now.facts.probe.outcome != ProbeOutcome::ok) {
    co_return disproved("the open probe did not succeed: " + now.facts.probe.note);
  }
  if (claim.before) {
    const auto moved = changesToOthers(*claim.before, now.facts.indexSpace, watch.counterService);
    if (!moved.empty()) {
      co_return disproved("counters of another service moved: " + moved.front());
    }
  }
  // Failures of consumers that were under way while the counters were reloaded do not count.
  const LogPosition mark = *position;
  if (!co_await ports.sleeper.sleep(policy.verify.watchFor)) {
    co_return interrupted();
  }
  const auto drained = ports.log.drain();
  if (!drained) {
    co_return disproved("the event log cannot be read: " + drained.error().describe());
  }
  if (ports.witness.complaint()) {
    co_return disproved(*ports.witness.complaint(), StepKind::loadCounters);
  }
  if (const auto failure = ports.witness.lastOpenFailure(); failure && failure->isBehind(mark)) {
    co_return disproved(
        fmt::format("Perflib logged event 1008 again, record {}", failure->newestRecord));
  }
  // Asked last: since Vista the log takes a second to show what a program wrote that has ended.
  if (auto missing = missingOfLoadPerf(claim, ports.witness, now.facts.system)) {
    co_return *missing;
  }
  Verification proven;
  proven.result = Verification::Result::proven;
  proven.reason = "counters loaded, library opens, no range or text of another service moved";
  proven.seen = *drained;
  proven.restartNeeded = now.facts.system.osMajor > 0 && now.facts.system.osMajor < 5;
  co_return proven;
}

}  // namespace imshealth
