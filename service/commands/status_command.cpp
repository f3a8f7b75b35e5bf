// imshealth status: what the service remembers; reads the state file only, and asks the SCM whether
// it runs.
#include "core/version.h"
#include "service/adapters.h"
#include "service/commands/commands.h"
#include "service/commands/output.h"
#include "service/service_host.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <memory>
#include <ostream>

namespace imshealth {
namespace {

bool isServiceRunning() {
  const UniqueServiceHandle scm(OpenSCManagerW(nullptr, nullptr, SC_MANAGER_CONNECT));
  if (!scm) {
    return false;
  }
  const UniqueServiceHandle service(OpenServiceW(scm.get(), serviceName, SERVICE_QUERY_STATUS));
  SERVICE_STATUS status{};
  return service && QueryServiceStatus(service.get(), &status) &&
         (status.dwCurrentState == SERVICE_RUNNING || status.dwCurrentState == SERVICE_PAUSED);
}

Json toJson(const State& state, bool running) {
  Json incidents = Json::array();
  for (const Incident& incident : state.incidents) {
    incidents.push_back({{"counterService", incident.counterService},
                         {"cause", incident.cause},
                         {"decision", incident.verdict},
                         {"since", toIso(incident.since)},
                         {"events", incident.events}});
  }
  Json circuits = Json::array();
  for (const auto& [service, limits] : state.limits) {
    circuits.push_back({{"counterService", service},
                        {"state", limits.circuitOpen ? "open" : "closed"},
                        {"attempts", limits.attempts.size()},
                        {"lastReason", limits.lastReason}});
  }
  Json alerts = Json::array();
  for (const AlertRecord& alert : state.lastAlerts) {
    alerts.push_back({{"time", toIso(alert.at)}, {"id", alert.id}, {"strings", alert.strings}});
  }
  return {{"version", version},
          {"running", running},
          {"mode", toString(state.mode)},
          {"eventLog",
           {{"api", state.api},
            {"lastRecord", state.cursor.recordNumber},
            {"lastRead", state.lastRead ? Json(toIso(*state.lastRead)) : Json(nullptr)}}},
          {"incidents", std::move(incidents)},
          {"circuits", std::move(circuits)},
          {"repairUnderWay", state.journal ? Json(state.journal->counterService) : Json(nullptr)},
          {"lastAlerts", std::move(alerts)}};
}

void writeText(CommandIo& io, const State& state, bool running) {
  io.out << "imshealth " << version << ", service "
         << coloured(io, running ? Colour::good : Colour::bad, running ? "running" : "not running")
         << ", mode " << toString(state.mode) << "\n"
         << "event log: " << (state.api.empty() ? "not read yet" : state.api) << ", record "
         << state.cursor.recordNumber << ", read "
         << (state.lastRead ? toIso(*state.lastRead) : std::string("never")) << "\n";
  for (const Incident& incident : state.incidents) {
    io.out << coloured(io, Colour::bad, "incident") << "  " << incident.counterService << ": "
           << (incident.cause.empty() ? "not diagnosed yet" : incident.cause) << ", decision "
           << (incident.verdict.empty() ? "pending" : incident.verdict) << ", since "
           << toIso(incident.since) << ", events " << incident.events << "\n";
  }
  for (const auto& [service, limits] : state.limits) {
    io.out << "circuit   " << service << ": "
           << coloured(io, limits.circuitOpen ? Colour::bad : Colour::good,
                       limits.circuitOpen ? "open" : "closed")
           << ", attempts " << limits.attempts.size() << "\n";
  }
  if (state.journal) {
    io.out << "repair    of " << state.journal->counterService << " under way since "
           << toIso(state.journal->begin) << "\n";
  }
  for (const AlertRecord& alert : state.lastAlerts) {
    io.out << "alert     " << toIso(alert.at) << "  " << alert.id;
    for (const std::string& text : alert.strings) {
      io.out << "  " << text;
    }
    io.out << "\n";
  }
}

int run(bool json, CommandIo& io) {
  const auto folder = findDataFolder();
  if (!folder) {
    io.err << "imshealth: " << folder.error().describe() << "\n";
    return exit_code::unreachable;
  }
  FolderStateFiles files(folder->root);
  StateKeeper keeper(files);
  const auto state = keeper.read();
  if (!state) {
    io.err << "imshealth: " << state.error().describe() << "\n";
    return exit_code::unreachable;
  }
  const bool running = isServiceRunning();
  if (json) {
    writeJson(io, toJson(*state, running));
  } else {
    writeText(io, *state, running);
  }
  const bool circuitOpen = std::any_of(state->limits.begin(), state->limits.end(),
                                       [](const auto& limit) { return limit.second.circuitOpen; });
  return state->incidents.empty() && !circuitOpen ? exit_code::done : exit_code::problem;
}

}  // namespace

void addStatusCommand(CLI::App& app, Invocation& invocation) {
  const auto json = std::make_shared<bool>(false);
  CLI::App* status = app.add_subcommand(
      "status", "Open incidents, attempts, circuits, last alerts, position in the log");
  status->add_flag("--json", *json, "Machine-readable output");
  status->callback([&invocation, json] {
    invocation.action = [&invocation, json] { return run(*json, invocation.io); };
  });
}

}  // namespace imshealth
