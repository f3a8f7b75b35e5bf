// imshealth status: what the service remembers; reads the state file only, and asks the SCM whether
// it runs. With --prove it first has the service hear an event.
#include "core/version.h"
#include "service/adapters.h"
#include "service/alert_text.h"
#include "service/commands/command_policy.h"
#include "service/commands/commands.h"
#include "service/commands/output.h"
#include "service/install.h"
#include "service/prove_hearing.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <ostream>

namespace imshealth {
namespace {

/// Since it was heard; never negative, the clock may have been set back.
std::int64_t ageInSeconds(Time heard) {
  return std::max<std::int64_t>(0, toSeconds(SystemClock().now()) - toSeconds(heard));
}

Json toJson(const HearingProof& proof) {
  return {{"heard", proof.heard ? Json(toIso(*proof.heard)) : Json(nullptr)},
          {"ageSeconds", proof.heard ? Json(ageInSeconds(*proof.heard)) : Json(nullptr)},
          {"latencyMilliseconds", proof.heard ? Json(proof.latency.count()) : Json(nullptr)},
          {"underWay", !proof.nonce.empty()},
          {"lostSince", proof.lostSince ? Json(toIso(*proof.lostSince)) : Json(nullptr)}};
}

std::string textOf(const HearingProof& proof) {
  std::string text = "not proved yet";
  if (proof.heard) {
    text =
        fmt::format("proved {} (age {} s), latency {:.3f} s", toIso(*proof.heard),
                    ageInSeconds(*proof.heard), static_cast<double>(proof.latency.count()) / 1000);
  }
  return proof.lostSince ? fmt::format("LOST since {}, last {}", toIso(*proof.lostSince), text)
                         : text;
}

std::string_view toText(Installed service) {
  switch (service) {
    case Installed::no: return "not installed";
    case Installed::stopped: return "not running";
    case Installed::paused: return "paused";
    case Installed::running: return "running";
  }
  return "";
}

std::string decisionOf(const Incident& incident) {
  return incident.verdict.empty() ? "pending" : incident.verdict;
}

Json toJson(const State& state, Installed installed) {
  Json incidents = Json::array();
  for (const Incident& incident : state.incidents) {
    incidents.push_back({{"counterService", incident.counterService},
                         {"cause", incident.cause},
                         {"decision", decisionOf(incident)},
                         {"since", toIso(incident.since)},
                         {"events", incident.events}});
  }
  Json circuits = Json::array();
  for (const auto& [service, limits] : state.limits) {
    circuits.push_back(
        {{"counterService", service},
         {"state", limits.circuitOpen ? "open" : "closed"},
         {"attempts", limits.attempts.size()},
         {"lastAttemptEnd",
          limits.lastAttemptEnd ? Json(toIso(*limits.lastAttemptEnd)) : Json(nullptr)},
         {"lastReason", limits.lastReason}});
  }
  Json alerts = Json::array();
  for (const AlertRecord& alert : state.lastAlerts) {
    alerts.push_back({{"time", toIso(alert.at)}, {"id", alert.id}, {"strings", alert.strings}});
  }
  return {{"version", version},
          {"running", runs(installed)},
          {"paused", installed == Installed::paused},
          {"mode", toString(state.mode)},
          {"policy",
           {{"file", state.policyFile.empty() ? Json(nullptr) : Json(state.policyFile)},
            {"since", state.policySince ? Json(toIso(*state.policySince)) : Json(nullptr)}}},
          {"eventLog",
           {{"api", state.api},
            {"lastRecord", state.cursor.recordNumber},
            {"lastRead", state.lastRead ? Json(toIso(*state.lastRead)) : Json(nullptr)}}},
          {"hearing", toJson(state.proof)},
          {"incidents", std::move(incidents)},
          {"circuits", std::move(circuits)},
          {"repairUnderWay", state.journal ? Json(state.journal->counterService) : Json(nullptr)},
          {"lastAlerts", std::move(alerts)}};
}

/// Since the policy in force was taken over.
bool wasRefused(const State& state) {
  return std::ranges::any_of(state.lastAlerts, [&](const AlertRecord& alert) {
    return alert.id == 110 && alert.at >= state.policySince;
  });
}

void writeText(CommandIo& io, const State& state, Installed installed) {
  io.out << "imshealth " << version << ", service "
         << coloured(io, installed == Installed::running ? Colour::good : Colour::bad,
                     std::string(toText(installed)))
         << ", mode " << toString(state.mode)
         << (installed == Installed::paused ? "; nothing is repaired until net continue ImsHealth\n"
                                            : "\n");
  if (state.policySince) {
    io.out << "policy:    " << (state.policyFile.empty() ? "built-in default" : state.policyFile)
           << " as it was at " << toIso(*state.policySince)
           << (wasRefused(state) ? "; policy.json was refused, see event 110\n" : "\n");
  }
  io.out << "event log: " << (state.api.empty() ? "not read yet" : state.api) << ", record "
         << state.cursor.recordNumber << ", read "
         << (state.lastRead ? toIso(*state.lastRead) : std::string("never")) << "\n"
         << "hearing:   "
         << coloured(io, state.proof.lostSince ? Colour::bad : Colour::plain, textOf(state.proof))
         << "\n";
  for (const Incident& incident : state.incidents) {
    io.out << coloured(io, Colour::bad, "incident") << "  " << incident.counterService << ": "
           << (incident.cause.empty() ? "not diagnosed yet" : incident.cause) << ", decision "
           << decisionOf(incident) << ", since " << toIso(incident.since) << ", events "
           << incident.events << "\n";
  }
  for (const auto& [service, limits] : state.limits) {
    io.out << "circuit   " << service << ": "
           << coloured(io, limits.circuitOpen ? Colour::bad : Colour::good,
                       limits.circuitOpen ? "open" : "closed")
           << ", attempts " << limits.attempts.size();
    if (limits.lastAttemptEnd) {
      io.out << ", the last one ended at " << toIso(*limits.lastAttemptEnd);
    }
    io.out << (limits.circuitOpen ? "; find the cause, then say imshealth reset\n" : "\n");
  }
  if (state.journal) {
    io.out << "repair    of " << state.journal->counterService << " under way since "
           << toIso(state.journal->begin) << "\n";
  }
  for (const AlertRecord& alert : state.lastAlerts) {
    const std::string sentence = alertText(nullptr, alert.id, alert.strings);
    io.out << "alert     " << toIso(alert.at) << "  " << alert.id;
    if (!sentence.empty()) {
      io.out << "  " << sentence;
    } else {  // written by a later version of the program
      for (const std::string& text : alert.strings) {
        io.out << "  " << text;
      }
    }
    io.out << "\n";
  }
}

/// Exit code of the proof alone.
int prove(const DataFolder& folder, CommandIo& io) {
  if (!runs(installedService())) {
    io.err << "imshealth: the service is not running, nobody hears the event log\n";
    return exit_code::problem;
  }
  const auto longest = std::chrono::duration_cast<std::chrono::seconds>(longestProof).count();
  if (io.terminal) {
    io.err << "imshealth: waiting until the service hears an event, " << longest << " s at most\n"
           << std::flush;
  }
  const auto heard = proveHearing(folder);
  if (!heard) {
    io.err << "imshealth: " << heard.error().describe() << "\n";
    return exit_code::unreachable;
  }
  if (!*heard) {
    io.err << "imshealth: the service runs, and has not heard an event within " << longest
           << " s\n";
    return exit_code::problem;
  }
  return exit_code::done;
}

int run(bool json, bool toProve, CommandIo& io) {
  if (!requireAdministrator(io)) {
    return exit_code::unreachable;
  }
  const auto folder = findDataFolder();
  if (!folder) {
    io.err << "imshealth: " << folder.error().describe() << "\n";
    return exit_code::unreachable;
  }
  const int proved = toProve ? prove(*folder, io) : exit_code::done;
  if (proved == exit_code::unreachable) {
    return proved;
  }
  FolderStateFiles files(folder->root);
  StateKeeper keeper(files);
  const auto state = keeper.read();
  if (!state) {
    io.err << "imshealth: " << state.error().describe() << "\n";
    return exit_code::unreachable;
  }
  const Installed service = installedService();
  if (json) {
    writeJson(io, toJson(*state, service));
  } else {
    writeText(io, *state, service);
  }
  const bool circuitOpen = std::any_of(state->limits.begin(), state->limits.end(),
                                       [](const auto& limit) { return limit.second.circuitOpen; });
  return state->incidents.empty() && !circuitOpen ? proved : exit_code::problem;
}

}  // namespace

void addStatusCommand(const Verb& program) {
  const auto json = std::make_shared<bool>(false);
  const auto toProve = std::make_shared<bool>(false);
  const Verb status = program.verb(
      "status", "Open incidents, attempts, circuits, last alerts, position in the log");
  status.flag("--json", *json, "Machine-readable output");
  status.flag("--prove", *toProve, "First have the running service hear an event, and time it");
  status.does([json, toProve](CommandIo& io) { return run(*json, *toProve, io); });
}

}  // namespace imshealth
