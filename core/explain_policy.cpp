#include "core/explain_policy.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace imshealth {

namespace {

/// What a diagnosis would say at best: whatever can be cured, is curable on this server.
bool curable(const CauseRow& row, const WatchPolicy& watch) {
  switch (row.cure) {
    case Cure::none:
      return false;
    case Cure::withTrustedCopy:
      return watch.trustedCopy.has_value();
    case Cure::repair:
      break;
  }
  return true;
}

std::string whyNever(const CauseRow& row, const Policy& policy, const WatchPolicy& watch) {
  const auto rule = watch.causes.find(std::string(row.code));
  if (rule == watch.causes.end()) {
    return "";
  }
  if (row.cause == Cause::libraryWrongVersion && watch.versions.empty()) {
    return "without versions it is never found";
  }
  if (row.cause == Cause::libraryDiffersFromTrustedCopy && !watch.trustedCopy) {
    return "without a trustedCopy it is never found";
  }
  if (rule->second == Mode::repair && row.cure == Cure::none) {
    return "this cause is always an alert";
  }
  if (rule->second == Mode::repair && !curable(row, watch)) {
    return "there is no trustedCopy to restore from";
  }
  if (rule->second == Mode::alert && !curable(row, watch)) {
    return "it would be an alert without the rule too";
  }
  if (rule->second == watch.mode.value_or(policy.mode)) {
    return "the mode is the same without the rule";
  }
  return "";
}

std::string ruleFor(const Policy& policy, std::size_t watchIndex, const CauseRow& row) {
  const WatchPolicy& watch = policy.watch[watchIndex];
  if (watch.causes.contains(std::string(row.code))) {
    return fmt::format("/watch/{}/causes/{}", watchIndex, row.code);
  }
  return watch.mode ? fmt::format("/watch/{}/mode", watchIndex) : "/mode";
}

ExplainedWatch explainWatch(const Policy& policy, std::size_t index) {
  const WatchPolicy& watch = policy.watch[index];
  ExplainedWatch explained{watch.counterService, {}, {}};
  for (const CauseRow& row : causesTable()) {
    const Finding finding{row.cause, "", curable(row, watch)};
    explained.causes.push_back({row.cause, decide({finding}, policy, watch, {}).verdict,
                                ruleFor(policy, index, row), whyNever(row, policy, watch)});
  }
  // A rule that is itself flagged does not count, or each would be dead because of the other.
  const bool everyCause = std::ranges::all_of(causesTable(), [&](const CauseRow& row) {
    return !curable(row, watch) || (watch.causes.contains(std::string(row.code)) &&
                                    whyNever(row, policy, watch).empty());
  });
  if (watch.mode == policy.mode) {
    explained.neverApplies = "the policy's mode is the same";
  } else if (watch.mode && everyCause) {
    explained.neverApplies = "every cause that can be repaired has its own rule";
  }
  return explained;
}

}  // namespace

std::vector<ExplainedWatch> explainPolicy(const Policy& policy) {
  // The decision is asked as if a maintenance window were open; when windows are open is no matter
  // of causes.
  Policy anyTime = policy;
  anyTime.maintenanceWindows.clear();
  std::vector<ExplainedWatch> watches;
  for (std::size_t i = 0; i < policy.watch.size(); ++i) {
    watches.push_back(explainWatch(anyTime, i));
  }
  return watches;
}

std::string explanationText(const std::vector<ExplainedWatch>& watches, std::string_view fileName,
                            const std::map<std::string, Place>& places) {
  std::string text;
  for (const ExplainedWatch& watch : watches) {
    text += fmt::format("{}{}\n", text.empty() ? "" : "\n", watch.counterService);
    if (!watch.neverApplies.empty()) {
      text += fmt::format("  its own mode never matters: {}\n", watch.neverApplies);
    }
    for (const ExplainedCause& cause : watch.causes) {
      const auto place = places.find(cause.rule);
      const std::string origin =
          place == places.end() ? "default" : fmt::format("{}:{}", fileName, place->second.line);
      text += fmt::format("  {:<30}{:<18}{} ({})", toString(cause.cause), toString(cause.verdict),
                          cause.rule, origin);
      text += cause.neverApplies.empty() ? "\n"
                                         : fmt::format("  never applies: {}\n", cause.neverApplies);
    }
  }
  return text;
}

std::string explanationJson(const std::vector<ExplainedWatch>& watches,
                            const std::map<std::string, Place>& places) {
  using nlohmann::json;
  json list = json::array();
  for (const ExplainedWatch& watch : watches) {
    json causes = json::array();
    for (const ExplainedCause& cause : watch.causes) {
      const auto place = places.find(cause.rule);
      causes.push_back({{"cause", toString(cause.cause)},
                        {"decision", toString(cause.verdict)},
                        {"rule", cause.rule},
                        {"line", place == places.end() ? json() : json(place->second.line)},
                        {"neverApplies", cause.neverApplies}});
    }
    list.push_back({{"counterService", watch.counterService},
                    {"neverApplies", watch.neverApplies},
                    {"causes", std::move(causes)}});
  }
  return json{{"watches", std::move(list)}}.dump(2, ' ', false, json::error_handler_t::replace) +
         "\n";
}

}  // namespace imshealth
