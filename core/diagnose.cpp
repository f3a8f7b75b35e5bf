#include "core/diagnose.h"

#include "core/diagnose_library.h"
#include "core/invariants.h"
#include "core/printable.h"
#include "core/status_code.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

namespace imshealth {
namespace {

void add(std::vector<Finding>& findings, Cause cause, std::string evidence, bool curable = true) {
  findings.push_back({cause, std::move(evidence), curable && rowOf(cause).cure != Cure::none});
}

void diagnoseTrust(const Facts& facts, std::vector<Finding>& findings) {
  std::vector<std::string> objections;
  if (!facts.directoryTrusted) {
    const std::string& path = facts.library.registeredPath.empty() ? facts.counterFile.directory
                                                                   : facts.library.registeredPath;
    objections.push_back(fmt::format(
        "{} lies outside of the trusted folder: the policy's, the Exchange root, or the system "
        "directory",
        printable(path)));
  }
  // A folder on the way to several files is named once, with the first of them.
  std::set<std::string> named;
  for (const PathTrust& trust : facts.trust) {
    for (const std::string& objection : objectionsTo(trust, facts.system.serviceAccount)) {
      if (named.insert(objection).second) {
        objections.push_back(fmt::format("{}: {}", trust.purpose, objection));
      }
    }
  }
  if (!objections.empty()) {
    constexpr std::size_t kShown = 3;
    const std::size_t more = objections.size() - std::min(objections.size(), kShown);
    objections.resize(std::min(objections.size(), kShown));
    add(findings, Cause::untrustedPath,
        fmt::format("{}{}", fmt::join(objections, "; "),
                    more == 0 ? "" : fmt::format("; and {} more", more)));
  }
}

void diagnoseServer(const Facts& facts, std::vector<Finding>& findings) {
  if (!facts.service.installed) {
    add(findings, Cause::serviceNotInstalled,
        fmt::format("no service {} is installed on this server", facts.counterService));
  }
  if (facts.system.clusterNode) {
    add(findings, Cause::clusterNode, "the service ClusSvc and the key HKLM\\Cluster are there");
  }
  if (facts.system.terminalServerExecuteMode) {
    add(findings, Cause::terminalServerExecuteMode, "the Terminal Server is not in install mode");
  }
  if (facts.servicesFailingTogether >= machineWideServices) {
    add(findings, Cause::machineWideFault,
        fmt::format("{} watched counter services failed within a minute",
                    facts.servicesFailingTogether));
  }
  if (facts.key.disablePerformanceCounters == 1U) {
    add(findings, Cause::countersDisabled, "Disable Performance Counters is 1");
  }
}

void diagnoseCounterFile(const Facts& facts, std::vector<Finding>& findings) {
  const CounterFileFacts& counters = facts.counterFile;
  if (counters.directory.empty()) {
    add(findings, Cause::counterFileMissing,
        "its folder cannot be told: neither Library nor the Exchange root is known");
    return;
  }
  if (!counters.file.exists || counters.file.isDirectory) {
    add(findings, Cause::counterFileMissing,
        fmt::format("{} is not there", printable(counters.file.path)));
    return;
  }
  if (!counters.ini && counters.iniError == kNotReadUntrusted) {
    return;  // untrustedPath
  }
  if (!counters.ini) {
    add(findings, Cause::counterFileInvalid,
        fmt::format("{}: {}", printable(counters.file.path), printable(counters.iniError)));
    return;
  }
  if (counters.symbolFile.path.empty()) {
    add(findings, Cause::counterFileInvalid,
        fmt::format("symbolfile \"{}\" is not the bare name of a file",
                    printable(counters.ini->symbolFile)));
    return;
  }
  if (!counters.symbolFile.exists || counters.symbolFile.isDirectory) {
    add(findings, Cause::symbolFileMissing,
        fmt::format("{} is not there", printable(counters.symbolFile.path)));
    return;
  }
  if (!counters.symbols && counters.symbolError == kNotReadUntrusted) {
    return;
  }
  if (!counters.symbols) {
    add(findings, Cause::counterFileInvalid,
        fmt::format("{}: {}", printable(counters.symbolFile.path),
                    printable(counters.symbolError)));
    return;
  }
  if (const auto problems = problemsOf(*counters.ini, *counters.symbols, facts.counterService);
      !problems.empty()) {
    add(findings, Cause::counterFileInvalid,
        fmt::format("{}: {}", printable(counters.file.path), fmt::join(problems, "; ")));
  }
}

// English must be there; of other languages only what is there must be writable.
void diagnoseTextFiles(const Facts& facts, std::vector<Finding>& findings) {
  std::vector<std::string> reasons;
  for (const FileFact& file : facts.textFiles) {
    const std::string path = printable(file.path);
    if (file.error != 0) {
      reasons.push_back(fmt::format("{} cannot be examined (error {})", path, file.error));
    } else if (!file.exists) {
      if (file.path.ends_with("009.dat")) {
        reasons.push_back(fmt::format("{} is not there", path));
      }
    } else if (file.readOnly) {
      reasons.push_back(fmt::format("{} is read-only", path));
    } else if (file.lockedForWriting) {
      reasons.push_back(fmt::format("{} is held open by another program", path));
    }
  }
  if (!reasons.empty()) {
    add(findings, Cause::textFilesNotWritable, fmt::format("{}", fmt::join(reasons, "; ")));
  }
}

void diagnoseIndexes(const Facts& facts, std::vector<Finding>& findings) {
  if (!facts.indexSpaceError.empty()) {
    add(findings, Cause::unknown,
        fmt::format("the counters of this server cannot be read: {}",
                    printable(facts.indexSpaceError)));
    return;
  }
  if (facts.key.indexValues() == 0) {
    const std::size_t orphans = orphanedTexts(facts.indexSpace).size();
    add(findings, Cause::countersNotLoaded,
        fmt::format("none of First Counter, Last Counter, First Help and Last Help is there{}",
                    orphans == 0 ? "" : fmt::format("; {} texts belong to no service", orphans)));
  }
  std::vector<std::string> unsafe;
  std::vector<std::string> inconsistent;
  for (const Violation& violation :
       brokenInvariants(facts.counterService, facts.indexSpace, facts.key, facts.counterFile)) {
    // Some values missing is performanceKeyIncomplete; the ones that are left say nothing more.
    const bool incomplete = facts.key.indexValues() < 4;
    if (incomplete && violation.invariant > 1 && violation.invariant < 7) {
      continue;
    }
    // Where nothing is unloaded, lodctr appends behind Perflib's totals: where they are lost, or
    // texts stand behind them, even loading does harm.
    (makesUnloadingUnsafe(violation) || incomplete ? unsafe : inconsistent)
        .push_back(violation.text);
  }
  if (!unsafe.empty()) {
    add(findings, Cause::counterRangeUnsafe, fmt::format("{}", fmt::join(unsafe, "; ")));
  }
  if (!inconsistent.empty()) {
    add(findings, Cause::countersInconsistent, fmt::format("{}", fmt::join(inconsistent, "; ")));
  }
}

bool has(const std::vector<Finding>& findings, Cause cause) {
  return std::ranges::find(findings, cause, &Finding::cause) != findings.end();
}

/// The status is explained by what was found: a missing library gives 2 or 126, lost index values
/// give 2, and so on.
bool isExplained(const std::vector<Finding>& findings, Cause byStatus) {
  if (findings.empty()) {
    return false;
  }
  switch (byStatus) {
    case Cause::openFailed:
    case Cause::unknown:
    case Cause::textFilesNotWritable:
    case Cause::counterRangeUnsafe: return true;
    case Cause::dependencyMissing:
    case Cause::libraryUnreadable:
      return has(findings, byStatus) || has(findings, Cause::libraryMissing) ||
             has(findings, Cause::libraryUnreadable) || has(findings, Cause::libraryWrongMachine) ||
             has(findings, Cause::libraryNotRegistered) ||
             has(findings, Cause::libraryExportMissing);
    default: return has(findings, byStatus);
  }
}

std::string describeFailure(const Facts& facts, const ProbeResult& probe) {
  std::string text =
      fmt::format("the open probe failed{}{}",
                  probe.stage.empty() ? "" : fmt::format(" at {}", printable(probe.stage)),
                  probe.status ? " with status " + describeStatus(*probe.status) : std::string());
  if (const StatusRow* row = probe.status ? findStatus(*probe.status) : nullptr) {
    text += fmt::format(": {}", row->meaning);
  }
  if (!probe.note.empty()) {
    text += fmt::format("; {}", printable(probe.note));
  }
  if (!facts.service.running) {
    text += "; the service is not running";
  }
  return text;
}

void diagnoseProbe(const Facts& facts, std::vector<Finding>& findings) {
  const ProbeResult& probe = facts.probe;
  switch (probe.outcome) {
    case ProbeOutcome::ok:
      // The library opens for this account: what is left is an account that may not ask.
      if (facts.eventStatus && causeOf(*facts.eventStatus) == Cause::accessDenied &&
          findings.empty()) {
        add(findings, Cause::accessDenied,
            fmt::format("the event has status {}, though the open probe succeeded under the "
                        "service's account",
                        describeStatus(*facts.eventStatus)));
      }
      return;
    case ProbeOutcome::crashed:
      add(findings, Cause::openCrashed,
          fmt::format(
              "the open probe ended{}{}",
              probe.stage.empty() ? "" : fmt::format(" at {}", printable(probe.stage)),
              probe.status ? " with exception " + formatStatus(probe.status) : std::string()));
      return;
    case ProbeOutcome::timedOut:
      add(findings, Cause::openTimedOut,
          fmt::format("the open probe did not return{}",
                      probe.stage.empty() ? std::string()
                                          : fmt::format(" from {}", printable(probe.stage))));
      return;
    case ProbeOutcome::failed: {
      const Cause cause = probe.status ? causeOf(*probe.status) : Cause::openFailed;
      if (!isExplained(findings, cause)) {
        add(findings, cause, describeFailure(facts, probe));
      }
      return;
    }
    case ProbeOutcome::notRun: {
      // Only the event speaks, and anyone may write one: it counts where nothing else was found,
      // and for no repair.
      if (!findings.empty()) {
        return;
      }
      const Cause claimed = facts.eventStatus ? causeOf(*facts.eventStatus) : Cause::unknown;
      const bool curable = rowOf(claimed).cure != Cure::none;
      add(findings, curable ? Cause::unknown : claimed,
          fmt::format("the open probe was not run{}{}{}",
                      probe.note.empty() ? "" : ": " + printable(probe.note),
                      facts.eventStatus
                          ? "; the event has status " + describeStatus(*facts.eventStatus)
                          : std::string(),
                      curable ? ", for which nothing else speaks" : ""));
      return;
    }
  }
}

// What forbids a repair goes first; within both parts the order of the causes table.
void sortFindings(std::vector<Finding>& findings) {
  std::ranges::stable_sort(findings, {}, [](const Finding& finding) {
    return std::pair(finding.repairable, finding.cause);
  });
}

}  // namespace

std::vector<Finding> diagnoseBeforeProbe(const Facts& facts, const WatchPolicy& watch) {
  std::vector<Finding> findings;
  diagnoseTrust(facts, findings);
  diagnoseServer(facts, findings);
  diagnoseLibrary(facts, watch, findings);
  diagnoseCounterFile(facts, findings);
  diagnoseTextFiles(facts, findings);
  diagnoseRegistration(facts, watch, findings);
  diagnoseIndexes(facts, findings);
  sortFindings(findings);
  return findings;
}

std::vector<Finding> diagnose(const Facts& facts, const WatchPolicy& watch) {
  std::vector<Finding> findings = diagnoseBeforeProbe(facts, watch);
  diagnoseProbe(facts, findings);
  sortFindings(findings);
  return findings;
}

}  // namespace imshealth
