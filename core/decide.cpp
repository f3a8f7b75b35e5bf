#include "core/decide.h"

#include <fmt/format.h>

#include <algorithm>

namespace imshealth {

namespace {

/// Reasons that hold whatever the policy says: never ignored, not even by a person's --force.
std::optional<Verdict> forbids(const Finding& main) {
  if (main.cause == Cause::untrustedPath) {
    return Verdict::untrustedPath;
  }
  if (main.cause == Cause::machineWideFault) {
    return Verdict::machineWideFault;
  }
  if (!main.repairable) {
    return Verdict::notRepairable;
  }
  return std::nullopt;
}

/// A repair mends all that it can: it is not for a cause of which the policy only wants to be told.
bool isOnlyToBeTold(const std::vector<Finding>& findings, const Policy& policy,
                    const WatchPolicy& watch) {
  return modeFor(policy, watch, findings.front().cause) == Mode::alert ||
         (findings.front().repairable && std::ranges::any_of(findings, [&](const Finding& finding) {
            return modeFor(policy, watch, finding.cause) == Mode::alert;
          }));
}

Verdict verdictOn(const std::vector<Finding>& findings, const Policy& policy,
                  const WatchPolicy& watch, const Circumstances& given) {
  if (!given.force && isOnlyToBeTold(findings, policy, watch)) {
    const Mode general = watch.mode.value_or(policy.mode);
    return general == Mode::repair ? Verdict::policyAlert : Verdict::alert;
  }
  if (const auto verdict = forbids(findings.front())) {
    return *verdict;
  }
  if (!given.force) {
    if (const auto verdict = heldBack(policy, given)) {
      return *verdict;
    }
  }
  if (given.repairUnderWay) {
    return Verdict::repairUnderWay;
  }
  return given.journalUnavailable ? Verdict::journalUnavailable : Verdict::repair;
}

/// The tables' phrases stand behind colons elsewhere.
std::string sentence(std::string_view phrase) {
  std::string text(phrase);
  if (!text.empty() && text.front() >= 'a' && text.front() <= 'z') {
    text.front() = static_cast<char>(text.front() - 'a' + 'A');
  }
  return text;
}

std::string explain(const std::vector<Finding>& findings) {
  const CauseRow& row = rowOf(findings.front().cause);
  std::string text = fmt::format("{}: {}.", sentence(row.meaning), findings.front().evidence);
  if (!row.remedy.empty()) {
    text += fmt::format(" {}.", sentence(row.remedy));
  }
  if (!row.article.empty()) {
    text += fmt::format(" See Microsoft article {}.", row.article);
  }
  for (std::size_t i = 1; i < findings.size(); ++i) {
    text += fmt::format("{} {} ({})", i == 1 ? " Also found:" : ",", toString(findings[i].cause),
                        findings[i].evidence);
  }
  return text;
}

}  // namespace

std::optional<Verdict> heldBack(const Policy& policy, const Circumstances& given) {
  if (given.paused) {
    return Verdict::paused;
  }
  switch (permission(given.limits, policy.limits, given.now)) {
    case Permission::attemptsExhausted: return Verdict::attemptsExhausted;
    case Permission::coolDown: return Verdict::coolDown;
    case Permission::granted: break;
  }
  if (!isMaintenanceOpen(policy.maintenanceWindows, given.local)) {
    return Verdict::maintenanceWindow;
  }
  return std::nullopt;
}

std::string_view toString(Verdict verdict) {
  switch (verdict) {
    case Verdict::repair: return "repair";
    case Verdict::alert: return "alert";
    case Verdict::policyAlert: return "policyAlert";
    case Verdict::notRepairable: return "notRepairable";
    case Verdict::coolDown: return "coolDown";
    case Verdict::attemptsExhausted: return "attemptsExhausted";
    case Verdict::maintenanceWindow: return "maintenanceWindow";
    case Verdict::untrustedPath: return "untrustedPath";
    case Verdict::machineWideFault: return "machineWideFault";
    case Verdict::paused: return "paused";
    case Verdict::journalUnavailable: return "journalUnavailable";
    case Verdict::repairUnderWay: return "repairUnderWay";
  }
  return "alert";
}

Mode modeFor(const Policy& policy, const WatchPolicy& watch, Cause cause) {
  const auto override = watch.causes.find(std::string(toString(cause)));
  return override != watch.causes.end() ? override->second : watch.mode.value_or(policy.mode);
}

Decision decide(const std::vector<Finding>& findings, const Policy& policy,
                const WatchPolicy& watch, const Circumstances& given) {
  Decision decision;
  decision.verdict = verdictOn(findings, policy, watch, given);
  // A cause set to alert in a watch that repairs is still a watch that repairs: 204 says why not.
  if (given.force || decision.verdict == Verdict::policyAlert) {
    decision.mode = Mode::repair;
  } else if (decision.verdict != Verdict::alert) {
    decision.mode = modeFor(policy, watch, findings.front().cause);
  }
  decision.explanation = explain(findings);
  return decision;
}

}  // namespace imshealth
