#include "core/plan.h"

#include "core/quote_argument.h"
#include "core/windows_path.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace imshealth {

namespace {

constexpr std::array allSteps = {StepKind::restoreLibrary, StepKind::registerLibrary,
                                 StepKind::backUp,         StepKind::unloadCounters,
                                 StepKind::loadCounters,   StepKind::verify};

ToolCommand systemTool(const Facts& facts, std::string_view name,
                       std::vector<std::string> arguments) {
  return {fmt::format("{}\\{}", facts.system.systemDirectory, name), std::move(arguments),
          facts.counterFile.directory};
}

/// What the findings ask for; the full procedure asks for all of the article's steps.
struct Wanted {
  bool restore = false, registration = false, reload = false;
};

Wanted wantedBy(const std::vector<Finding>& findings, const WatchPolicy& watch) {
  Wanted wanted;
  if (watch.procedure == Procedure::full) {
    wanted.registration = wanted.reload = true;
  }
  for (const Finding& finding : findings) {
    switch (finding.cause) {
      case Cause::libraryMissing:
      case Cause::libraryWrongVersion:
      case Cause::libraryDiffersFromTrustedCopy:
        wanted.restore = wanted.restore || finding.repairable;
        break;
      case Cause::libraryNotRegistered: wanted.registration = true; break;
      case Cause::performanceKeyIncomplete:
      case Cause::openFailed: wanted.registration = wanted.reload = true; break;
      case Cause::countersNotLoaded:
      case Cause::countersInconsistent: wanted.reload = true; break;
      default: break;
    }
  }
  return wanted;
}

Step restoreStep(const Facts& facts, const WatchPolicy& watch) {
  Step step;
  step.kind = StepKind::restoreLibrary;
  step.description =
      fmt::format("copy \"{}\" to \"{}\"", watch.trustedCopy.value_or(""), facts.library.path);
  step.files = {watch.trustedCopy.value_or(""), facts.library.path};
  return step;
}

/// `restored`: the library that will be registered is the trusted copy.
Step registerStep(const Facts& facts, bool restored) {
  Step step;
  step.kind = StepKind::registerLibrary;
  step.tool = systemTool(facts, "regsvr32.exe", {"/s", facts.library.path});
  const auto& image = restored ? facts.library.trustedCopyImage : facts.library.image;
  if (!image || !image->hasExport("DllRegisterServer")) {
    step.applicable = false;
    step.whyNot = "the library does not export DllRegisterServer";
  }
  return step;
}

Step backUpStep(const Facts& facts) {
  Step step;
  step.kind = StepKind::backUp;
  step.description =
      "save the Performance key, Perflib's totals, the text files, the .ini and the .h";
  std::vector<const FileFact*> files = {&facts.library.file, &facts.counterFile.file,
                                        &facts.counterFile.symbolFile};
  for (const FileFact& text : facts.textFiles) {
    files.push_back(&text);
  }
  for (const FileFact* file : files) {
    if (file->exists) {
      step.files.push_back(file->path);
    }
  }
  return step;
}

Step unloadStep(const Facts& facts) {
  Step step;
  step.kind = StepKind::unloadCounters;
  const int present = facts.key.indexValues();
  if (present == 0) {
    step.tool = systemTool(facts, "unlodctr.exe", {facts.counterService});
    step.applicable = false;
    step.whyNot = "none of the four index values is there";
  } else if (present < 4) {
    // unlodctr cannot know the range; Q300956 deletes the values by hand.
    step.description = "remove the index values that are left in the Performance key";
  } else {
    step.tool = systemTool(facts, "unlodctr.exe", {facts.counterService});
  }
  return step;
}

Step loadStep(const Facts& facts) {
  Step step;
  step.kind = StepKind::loadCounters;
  // Bare name, with the folder as current directory: NT 4 SP3 looks for the .h only there
  // (Q169659).
  step.tool =
      systemTool(facts, "lodctr.exe", {std::string(fileNameOf(facts.counterFile.file.path))});
  return step;
}

Step verifyStep() {
  Step step;
  step.kind = StepKind::verify;
  step.description = "look at the event log, the counters and the library again";
  return step;
}

}  // namespace

std::string_view toString(StepKind kind) {
  switch (kind) {
    case StepKind::restoreLibrary: return "restoreLibrary";
    case StepKind::registerLibrary: return "registerLibrary";
    case StepKind::backUp: return "backUp";
    case StepKind::unloadCounters: return "unloadCounters";
    case StepKind::loadCounters: return "loadCounters";
    case StepKind::verify: return "verify";
  }
  return "verify";
}

std::optional<StepKind> stepKindFromCode(std::string_view code) {
  const auto found = std::find_if(allSteps.begin(), allSteps.end(),
                                  [&](StepKind kind) { return toString(kind) == code; });
  return found == allSteps.end() ? std::nullopt : std::optional(*found);
}

std::string ToolCommand::display() const {
  std::string line(fileNameOf(program));
  if (line.size() > 4 && line.ends_with(".exe")) {
    line.resize(line.size() - 4);
  }
  for (const std::string& argument : arguments) {
    line += ' ' + quoteArgument(argument);
  }
  return line;
}

std::string Step::command() const {
  return tool ? tool->display() : description;
}

const Step* Plan::find(StepKind kind) const {
  const auto found =
      std::find_if(steps.begin(), steps.end(), [&](const Step& step) { return step.kind == kind; });
  return found == steps.end() ? nullptr : &*found;
}

std::string Plan::summary() const {
  std::string names;
  for (const Step& step : steps) {
    if (step.applicable) {
      names += (names.empty() ? "" : ", ") + std::string(toString(step.kind));
    }
  }
  return names;
}

Plan planRepair(const Facts& facts, const std::vector<Finding>& findings,
                const WatchPolicy& watch) {
  const Wanted wanted = wantedBy(findings, watch);
  Plan plan{.counterService = facts.counterService, .steps = {}};
  if (wanted.restore) {
    plan.steps.push_back(restoreStep(facts, watch));
  }
  if (wanted.registration) {
    plan.steps.push_back(registerStep(facts, wanted.restore));
  }
  plan.steps.push_back(backUpStep(facts));
  if (wanted.reload) {
    plan.steps.push_back(unloadStep(facts));
    plan.steps.push_back(loadStep(facts));
  }
  plan.steps.push_back(verifyStep());
  return plan;
}

}  // namespace imshealth
