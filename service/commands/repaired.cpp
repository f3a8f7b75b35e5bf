#include "service/commands/repaired.h"

#include "core/status_code.h"
#include "service/commands/output.h"

#include <ostream>
#include <utility>

namespace imshealth {

void sayWhatEndsIt(Repaired& repaired, Verdict verdict, std::optional<Time> permittedFrom) {
  if (verdict != Verdict::coolDown && verdict != Verdict::attemptsExhausted) {
    repaired.wayOn = verdict == Verdict::maintenanceWindow
                         ? "wait for a maintenance window, or say --force"
                         : "the policy says \"alert\": let it say \"repair\", or say --force";
    return;
  }
  if (!permittedFrom) {
    repaired.wayOn = "no more attempts are made: find the cause, then say imshealth reset";
    return;
  }
  // Shown in whole seconds: not one too early.
  repaired.notBefore = std::chrono::ceil<std::chrono::seconds>(*permittedFrom);
  const std::string time = toIso(*repaired.notBefore);
  repaired.wayOn = verdict == Verdict::coolDown
                       ? "the cool-down ends at " + time
                       : "the next attempt is allowed at " + time + ", or after imshealth reset";
}

bool isInOrder(const Repaired& repaired) {
  return repaired.result == "repaired" || repaired.result == "notNeeded";
}

namespace {

std::string joined(const std::string& first, const std::string& second) {
  return first.empty() || second.empty() ? first + second : first + ": " + second;
}

Json toJson(const Repaired& repaired) {
  Json steps = Json::array();
  for (const StepReport& step : repaired.steps) {
    steps.push_back({{"step", toString(step.kind)},
                     {"command", step.command},
                     {"result", toString(step.result)},
                     {"exitCode", orNull(step.exitCode)},
                     {"note", step.note}});
  }
  return {{"counterService", repaired.counterService},
          {"result", repaired.result},
          {"reason", joined(repaired.reason, repaired.found)},
          {"rolledBack", orNull(repaired.rolledBack)},
          {"notBefore", repaired.notBefore ? Json(toIso(*repaired.notBefore)) : Json(nullptr)},
          {"remedy", repaired.wayOn},
          {"steps", std::move(steps)}};
}

void writeText(CommandIo& io, const Repaired& repaired) {
  io.out << repaired.heading << ": "
         << coloured(io, isInOrder(repaired) ? Colour::good : Colour::bad, repaired.result) << "\n";
  const bool twoLines = !repaired.wayOn.empty() && !repaired.found.empty();
  const std::string why =
      joined(repaired.reason, repaired.wayOn.empty() ? repaired.found : repaired.wayOn);
  if (!why.empty()) {
    io.out << "  " << why << "\n";
  }
  if (twoLines) {
    io.out << "  found: " << repaired.found << "\n";
  }
  if (repaired.rolledBack) {
    io.out << "  "
           << (*repaired.rolledBack ? "everything was put back" : "NOT everything was put back")
           << "\n";
  }
  for (const StepReport& step : repaired.steps) {
    io.out << "  " << toString(step.kind) << ": ";
    if (repaired.result == "planned" && step.result == StepResult::skipped) {
      io.out << step.command;
    } else {
      io.out << toString(step.result);
      if (step.exitCode) {
        io.out << " (exit code " << formatStatus(step.exitCode) << ")";
      }
      io.out << "  " << step.command;
    }
    if (!step.note.empty()) {
      io.out << "  [" << step.note << "]";
    }
    io.out << "\n";
  }
}

}  // namespace

void write(CommandIo& io, const std::vector<Repaired>& all, bool json) {
  Json services = Json::array();
  for (const Repaired& repaired : all) {
    if (json) {
      services.push_back(toJson(repaired));
    } else {
      writeText(io, repaired);
    }
  }
  if (json) {
    writeJson(io, {{"services", std::move(services)}});
  }
}

}  // namespace imshealth
