#include "core/examine.h"

#include "core/survey.h"

#include <algorithm>

namespace imshealth {

namespace {

bool forbidsProbe(Cause cause) {
  switch (cause) {
    case Cause::untrustedPath:
    case Cause::serviceNotInstalled:
    case Cause::countersDisabled:
    case Cause::libraryMissing:
    case Cause::libraryUnreadable:
    case Cause::libraryWrongMachine:
    case Cause::libraryExportMissing:
    case Cause::dependencyMissing: return true;
    default: return false;
  }
}

/// The library would be loaded in the probe child: never one that is not trusted, not there, of
/// another machine, or that Perflib itself would not load.
bool mayProbe(const Facts& facts, const std::vector<Finding>& beforeProbe) {
  // An empty value is no name of an export: asked for it, the library would seem to be of another
  // version.
  const auto isNamed = [](const std::optional<std::string>& name) {
    return name && !name->empty();
  };
  return !facts.library.path.empty() && isNamed(facts.key.open) && isNamed(facts.key.collect) &&
         isNamed(facts.key.close) &&
         std::none_of(beforeProbe.begin(), beforeProbe.end(),
                      [](const Finding& finding) { return forbidsProbe(finding.cause); });
}

}  // namespace

boost::asio::awaitable<Examination> examine(const WatchPolicy& watch, const LimitsPolicy& limits,
                                            PolicyOrigin origin, Occasion occasion,
                                            SurveyPorts ports, OpenProbe& probe) {
  Examination result;
  result.facts = survey(watch, ports);
  result.facts.eventStatus = occasion.status;
  result.facts.eventId = occasion.eventId;
  result.facts.servicesFailingTogether = occasion.servicesFailingTogether;
  if (!origin.file.empty()) {
    result.facts.trust.push_back(ports.files.trustOf("policy", origin.file));
  }
  if (mayProbe(result.facts, diagnoseBeforeProbe(result.facts, watch))) {
    // Named: g++ 12 destroys an aggregate made inside a co_await expression twice (GCC bug 98401).
    const ProbeRequest request{.service = result.facts.counterService,
                               .library = result.facts.library.path,
                               .open = *result.facts.key.open,
                               .collect = *result.facts.key.collect,
                               .close = *result.facts.key.close};
    result.facts.probe = co_await probe.probe(request, limits.probeTimeout);
  }
  result.findings = diagnose(result.facts, watch);
  co_return result;
}

}  // namespace imshealth
