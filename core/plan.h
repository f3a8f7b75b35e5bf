// From findings to steps: what article Q256927 has people do by hand, in its order. A pure
// function; a dry run shows exactly what a repair does.
#pragma once

#include "config/policy.h"
#include "core/diagnose.h"
#include "core/facts.h"
#include "core/tool.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace imshealth {

enum class StepKind {
  restoreLibrary,
  registerLibrary,
  backUp,
  unloadCounters,
  loadCounters,
  verify,
};
std::string_view toString(StepKind);
std::optional<StepKind> stepKindFromCode(std::string_view code);

/// One step. Steps that do not apply stay in the plan, with the reason, so that the report is
/// complete.
struct Step {
  StepKind kind = StepKind::verify;
  std::optional<ToolCommand> tool;  ///< absent: done by the program itself
  std::string description;          ///< of what has no tool, e.g. "copy D:\… to C:\…"
  std::vector<std::string> files;   ///< backUp: those that are saved; restoreLibrary: from, to
  bool applicable = true;
  std::string whyNot;

  /// The command line, or the description.
  std::string command() const;
  bool operator==(const Step&) const = default;
};

struct Plan {
  std::string counterService;
  std::vector<Step> steps;

  const Step* find(StepKind) const;
  /// "registerLibrary, backUp, unloadCounters, loadCounters, verify": the applicable ones.
  std::string summary() const;
  bool operator==(const Plan&) const = default;
};

/// For findings of these facts that are decided `repair`, the first one repairable; of others the
/// steps would be planned too, though they mend nothing.
Plan planRepair(const Facts&, const std::vector<Finding>&, const WatchPolicy&);

/// The plans, one after the other, as a commented .cmd file that a person can run instead. UTF-8,
/// lines end with CR LF; cmd.exe reads its files in the OEM code page.
std::string asScript(const std::vector<Plan>&);

}  // namespace imshealth
