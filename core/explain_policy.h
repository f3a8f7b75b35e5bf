// The whole policy at a glance: what is done about each cause for each watch, and which of the
// policy's rules can never apply. Made by the very function that decides, so that it cannot differ:
// a rule is without effect where it decides the same with the rule taken away.
#pragma once

#include "config/parse_policy.h"
#include "core/causes.h"
#include "core/decide.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace imshealth {

/// Why a rule does not do what it looks like; both empty: it does.
struct RuleRemark {
  std::string_view neverApplies;  ///< everything is decided the same without it
  std::string_view onlyTheWord;   ///< it changes the word in 200 and 204, never whether to repair

  bool operator==(const RuleRemark&) const = default;
};

struct ExplainedCause {
  Cause cause = Cause::unknown;
  Verdict verdict = Verdict::alert;  ///< within a maintenance window, with no attempt before
  std::string rule;                  ///< JSON pointer of the mode that was asked
  RuleRemark remark;
  std::string_view wouldNeed;  ///< key of the watch without which it cannot be repaired; or empty

  bool operator==(const ExplainedCause&) const = default;
};

struct ExplainedWatch {
  std::string counterService;
  std::string heading;                 ///< for people, see core/heading.h
  std::vector<ExplainedCause> causes;  ///< in the order of the causes table
  RuleRemark remark;                   ///< on the watch's own mode

  bool operator==(const ExplainedWatch&) const = default;
};

std::vector<ExplainedWatch> explainPolicy(const Policy&);

/// A table for people, with the line of each rule in the file; `places` as parsePolicy gives them.
std::string explanationText(const std::vector<ExplainedWatch>&, std::string_view fileName,
                            const std::map<std::string, Place>& places);

/// {"watches":[{"counterService","neverApplies","onlyTheWord",
///   "causes":[{"cause","decision","rule","line","neverApplies","onlyTheWord","wouldNeed"}]}]}
/// `line` is null where the rule is the default.
std::string explanationJson(const std::vector<ExplainedWatch>&,
                            const std::map<std::string, Place>& places);

}  // namespace imshealth
