#include "core/explain_policy.h"

#include "core/heading.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace imshealth {

namespace {

/// What a diagnosis would say at best: whatever can be cured, is curable on this server.
bool curable(const CauseRow& row, const WatchPolicy& watch) {
  switch (row.cure) {
    case Cure::none: return false;
    case Cure::withTrustedCopy: return watch.trustedCopy.has_value();
    case Cure::repair: break;
  }
  return true;
}

/// Empty: the watch can have this cause.
std::string_view whyNeverFound(const CauseRow& row, const WatchPolicy& watch) {
  if (row.cause == Cause::libraryWrongVersion && watch.versions.empty()) {
    return "without versions it is never found";
  }
  if (row.cause == Cause::libraryDiffersFromTrustedCopy && !watch.trustedCopy) {
    return "without a trustedCopy it is never found";
  }
  return "";
}

std::string_view whyNeverRepaired(const CauseRow& row) {
  return row.cure == Cure::none ? "this cause is always an alert"
                                : "there is no trustedCopy to restore from";
}

Decision decided(const CauseRow& row, const Policy& policy, const WatchPolicy& watch) {
  return decide({{row.cause, "", curable(row, watch)}}, policy, watch, {});
}

/// What a rule changes.
enum class Effect { nothing, word, repair };

Effect difference(const CauseRow& row, const Policy& policy, const WatchPolicy& with,
                  const WatchPolicy& without) {
  const Decision one = decided(row, policy, with);
  const Decision other = decided(row, policy, without);
  if (one.verdict == other.verdict && one.mode == other.mode) {
    return Effect::nothing;
  }
  const bool repair = one.verdict == Verdict::repair || other.verdict == Verdict::repair;
  return repair ? Effect::repair : Effect::word;
}

RuleRemark remarkOnRule(const CauseRow& row, const Policy& policy, const WatchPolicy& watch) {
  WatchPolicy without = watch;
  if (without.causes.erase(std::string(row.code)) == 0) {
    return {};
  }
  if (const std::string_view why = whyNeverFound(row, watch); !why.empty()) {
    return {why, ""};
  }
  switch (difference(row, policy, watch, without)) {
    case Effect::nothing:
      return {curable(row, watch) ? "the mode is the same without the rule" : whyNeverRepaired(row),
              ""};
    case Effect::word: return {"", whyNeverRepaired(row)};
    case Effect::repair: break;
  }
  return {};
}

RuleRemark remarkOnOwnMode(const Policy& policy, WatchPolicy watch,
                           const std::vector<ExplainedCause>& causes) {
  if (watch.mode == policy.mode) {
    return {"the policy's mode is the same", ""};
  }
  // A rule that is itself flagged does not count, or each would be dead because of the other.
  for (const ExplainedCause& cause : causes) {
    if (!cause.remark.neverApplies.empty()) {
      watch.causes.erase(std::string(toString(cause.cause)));
    }
  }
  WatchPolicy without = watch;
  without.mode.reset();
  Effect effect = Effect::nothing;
  for (const CauseRow& row : causesTable()) {
    if (whyNeverFound(row, watch).empty()) {
      effect = std::max(effect, difference(row, policy, watch, without));
    }
  }
  if (!watch.mode || effect == Effect::repair) {
    return {};
  }
  return effect == Effect::word
             ? RuleRemark{"", "every cause that can be repaired has its own rule"}
             : RuleRemark{"every cause has its own rule", ""};
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
  ExplainedWatch explained{watch.counterService, heading(watch), {}, {}};
  for (const CauseRow& row : causesTable()) {
    const Verdict verdict = decided(row, policy, watch).verdict;
    const bool needsCopy = verdict == Verdict::notRepairable && row.cure == Cure::withTrustedCopy &&
                           whyNeverFound(row, watch).empty();
    explained.causes.push_back({row.cause, verdict, ruleFor(policy, index, row),
                                remarkOnRule(row, policy, watch), needsCopy ? "trustedCopy" : ""});
  }
  explained.remark = remarkOnOwnMode(policy, watch, explained.causes);
  return explained;
}

void appendRemark(std::string& text, std::string_view subject, const RuleRemark& remark) {
  if (!remark.neverApplies.empty()) {
    text.append(subject).append("never applies: ").append(remark.neverApplies);
  } else if (!remark.onlyTheWord.empty()) {
    text.append(subject)
        .append("cannot make it a repair, changes only the word in 200 and 204: ")
        .append(remark.onlyTheWord);
  }
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
    text.append(text.empty() ? "" : "\n").append(watch.heading);
    appendRemark(text, "\n  its own mode ", watch.remark);
    text += "\n";
    for (const ExplainedCause& cause : watch.causes) {
      const auto place = places.find(cause.rule);
      const std::string origin =
          place == places.end() ? "default" : fmt::format("{}:{}", fileName, place->second.line);
      text += fmt::format("  {:<30}{:<18}{} ({})", toString(cause.cause), toString(cause.verdict),
                          cause.rule, origin);
      appendRemark(text, "  ", cause.remark);
      if (!cause.wouldNeed.empty()) {
        text.append("  could be repaired with a ").append(cause.wouldNeed);
      }
      text += "\n";
    }
  }
  return text;
}

std::string explanationJson(const std::vector<ExplainedWatch>& watches,
                            const std::map<std::string, Place>& places) {
  using nlohmann::json;
  const auto put = [](json& into, const char* key, std::string_view text) { into[key] = text; };
  const auto putRemark = [&](json& into, const RuleRemark& remark) {
    put(into, "neverApplies", remark.neverApplies);
    put(into, "onlyTheWord", remark.onlyTheWord);
  };
  json document;
  json& list = document["watches"] = json::array();
  for (const ExplainedWatch& watch : watches) {
    json& shown = list.emplace_back();
    put(shown, "counterService", watch.counterService);
    putRemark(shown, watch.remark);
    json& causes = shown["causes"] = json::array();
    for (const ExplainedCause& cause : watch.causes) {
      json& entry = causes.emplace_back();
      put(entry, "cause", toString(cause.cause));
      put(entry, "decision", toString(cause.verdict));
      put(entry, "rule", cause.rule);
      json& line = entry["line"];
      if (const auto place = places.find(cause.rule); place != places.end()) {
        line = place->second.line;
      }
      putRemark(entry, cause.remark);
      put(entry, "wouldNeed", cause.wouldNeed);
    }
  }
  return document.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace imshealth
