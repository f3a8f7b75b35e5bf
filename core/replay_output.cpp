#include "core/replay_output.h"

#include "core/counted.h"
#include "core/status_code.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace imshealth {

namespace {

using Json = nlohmann::json;

constexpr std::array weekdays = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
/// What a log alone can lead to; the service's other words need a state of the machine.
constexpr std::array words = {Verdict::repair,           Verdict::alert,
                              Verdict::policyAlert,      Verdict::notRepairable,
                              Verdict::machineWideFault, Verdict::attemptsExhausted,
                              Verdict::coolDown,         Verdict::maintenanceWindow};

std::string localText(const ReplayReport& report, Time time) {
  const LocalTime local = report.assumed.local(time);
  return fmt::format("{} {:02}:{:02}", weekdays[static_cast<std::size_t>(local.weekday)],
                     local.minuteOfDay / 60, local.minuteOfDay % 60);
}

const char* attemptText(const ReplayReport& report, const ReplayedIncident& incident) {
  if (incident.verdict != Verdict::repair) {
    return nullptr;
  }
  return report.assumed.repaired ? "repaired" : "failed";
}

}  // namespace

std::string replayJson(const ReplayReport& report) {
  Json files = Json::array();
  for (const ReplayedFile& file : report.files) {
    files.push_back({{"file", file.file},
                     {"records", file.summary.records},
                     {"damaged", file.summary.damaged},
                     {"gaps", file.summary.gaps}});
  }
  Json incidents = Json::array();
  for (const ReplayedIncident& incident : report.replay.incidents) {
    const char* attempt = attemptText(report, incident);
    incidents.push_back({{"counterService", incident.counterService},
                         {"since", toIso(incident.since)},
                         {"decided", toIso(incident.decided)},
                         {"anew", incident.anew},
                         {"localTime", localText(report, incident.decided)},
                         {"events", incident.records.size()},
                         {"records", incident.records},
                         {"status", incident.status ? Json(*incident.status) : Json(nullptr)},
                         {"assumedCause", toString(incident.cause)},
                         {"decision", toString(incident.verdict)},
                         {"attempt", attempt ? Json(attempt) : Json(nullptr)},
                         {"circuitOpened", incident.circuitOpened}});
  }
  Json decisions = Json::object();
  for (const Verdict word : words) {
    decisions[std::string(toString(word))] = report.replay.count(word);
  }
  const Json document = {{"policy", report.policy},
                         {"mode", toString(report.mode)},
                         {"localTime", report.localTime},
                         {"assumedAttempts", report.assumed.repaired ? "repaired" : "failed"},
                         {"files", std::move(files)},
                         {"openFailures", report.replay.failures},
                         {"olderThanRepair", report.replay.olderThanRepair},
                         {"incidents", std::move(incidents)},
                         {"decisions", std::move(decisions)}};
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string replayTable(const ReplayReport& report) {
  const Replay& replay = report.replay;
  std::string text;
  for (const ReplayedFile& file : report.files) {
    text +=
        fmt::format("{}: {}, {} damaged, {}\n", file.file, counted(file.summary.records, "record"),
                    file.summary.damaged, counted(file.summary.gaps, "gap"));
  }
  text += fmt::format(
      "policy {}, mode {}; maintenance windows in {}\n"
      "assumed: the cause is what the status code alone says (on the server more is looked at, and "
      "may decide otherwise), and each repair {}\n\n",
      report.policy, toString(report.mode), report.localTime,
      report.assumed.repaired ? "succeeds" : "fails");
  std::size_t width = std::string_view("counter service").size();
  for (const ReplayedIncident& incident : replay.incidents) {
    width = std::max(width, incident.counterService.size());
  }
  if (!replay.incidents.empty()) {
    text += fmt::format("{:<20}  {:<9}  {:<{}}  {:>6}  {:<18}  decision\n", "time (UTC)", "local",
                        "counter service", width, "events", "assumed cause");
  }
  for (const ReplayedIncident& incident : replay.incidents) {
    const char* attempt = attemptText(report, incident);
    text += fmt::format("{}  {}  {:<{}}  {:>6}  {:<18}  {}{}{}{}\n", toIso(incident.decided),
                        localText(report, incident.decided), incident.counterService, width,
                        incident.records.size(), toString(incident.cause),
                        toString(incident.verdict), incident.anew ? ", decided anew" : "",
                        attempt ? fmt::format(", {}", attempt) : "",
                        incident.circuitOpened ? ", circuit open from here on" : "");
  }
  const auto incidents = std::ranges::count(replay.incidents, false, &ReplayedIncident::anew);
  text += fmt::format("{}{} of watched counter services, {}", replay.incidents.empty() ? "" : "\n",
                      counted(replay.failures, "open failure"),
                      counted(static_cast<std::uint64_t>(incidents), "incident"));
  if (!replay.olderThanRepair.empty()) {
    text +=
        fmt::format(", {} older than a repair", counted(replay.olderThanRepair.size(), "failure"));
  }
  text += fmt::format("\nrepairs: {}\n", replay.count(Verdict::repair));
  for (const Verdict word : words) {
    if (const auto count = replay.count(word); count != 0 && word != Verdict::repair) {
      text += fmt::format("not repaired, {}: {}\n", toString(word), count);
    }
  }
  return text;
}

}  // namespace imshealth
