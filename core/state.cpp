#include "core/state.h"

#include <boost/crc.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

// Found by nlohmann/json through argument-dependent lookup.
namespace nlohmann {
template <>
struct adl_serializer<imshealth::Time> {
  static void to_json(json& j, const imshealth::Time& time) { j = time.time_since_epoch().count(); }
  static void from_json(const json& j, imshealth::Time& time) {
    time = imshealth::Time(imshealth::Milliseconds(j.get<std::int64_t>()));
  }
};
template <class T>
struct adl_serializer<std::optional<T>> {
  static void to_json(json& j, const std::optional<T>& value) {
    j = value ? json(*value) : json(nullptr);
  }
  static void from_json(const json& j, std::optional<T>& value) {
    value = j.is_null() ? std::nullopt : std::optional<T>(j.get<T>());
  }
};
}  // namespace nlohmann

namespace imshealth {

using nlohmann::json;

namespace {

constexpr int formatVersion = 1;
constexpr std::array stepResults = {StepResult::done, StepResult::notApplicable, StepResult::failed,
                                    StepResult::skipped};

/// A member that older versions did not write keeps its default.
template <class T>
void take(const json& j, const char* key, T& value) {
  if (const auto member = j.find(key); member != j.end()) {
    member->get_to(value);
  }
}

// Versions before this one told spellings apart: of two in one file nothing is lost, and the
// stricter of both holds.
void merge(LimitState& into, const LimitState& other) {
  into.attempts.insert(into.attempts.end(), other.attempts.begin(), other.attempts.end());
  std::sort(into.attempts.begin(), into.attempts.end());
  into.lastAttemptEnd = std::max(into.lastAttemptEnd, other.lastAttemptEnd);
  if (into.lastReason.empty() || (other.circuitOpen && !into.circuitOpen)) {
    into.lastReason = other.lastReason;
  }
  into.circuitOpen = into.circuitOpen || other.circuitOpen;
  into.lastReminder = std::max(into.lastReminder, other.lastReminder);
}
void merge(LastRepair& into, const LastRepair& other) {
  if (other.end > into.end) {
    into = other;
  }
}
void merge(ServiceTotals& into, const ServiceTotals& other) {
  into.incidents += other.incidents;
  into.repaired += other.repaired;
  into.failed += other.failed;
  into.notAttempted += other.notAttempted;
}

template <class T>
void take(const json& j, const char* key, ByService<T>& map) {
  if (const auto member = j.find(key); member != j.end()) {
    for (const auto& [service, value] : member->get_ref<const json::object_t&>()) {
      const T read = value.template get<T>();
      if (const auto [known, isNew] = map.try_emplace(service, read); !isNew) {
        merge(known->second, read);
      }
    }
  }
}

std::string checksumOf(const std::string& text) {
  boost::crc_32_type crc;
  crc.process_bytes(text.data(), text.size());
  return fmt::format("{:08x}", crc.checksum());
}

}  // namespace

void to_json(json& j, const StepKind& kind) {
  j = toString(kind);
}
void from_json(const json& j, StepKind& kind) {
  const auto known = stepKindFromCode(j.get<std::string>());
  if (!known) {
    throw std::invalid_argument("unknown step");
  }
  kind = *known;
}

void to_json(json& j, const StepReport& report) {
  j = {{"step", report.kind},
       {"command", report.command},
       {"result", toString(report.result)},
       {"exitCode", report.exitCode},
       {"note", report.note}};
}
void from_json(const json& j, StepReport& report) {
  take(j, "step", report.kind);
  take(j, "command", report.command);
  take(j, "exitCode", report.exitCode);
  take(j, "note", report.note);
  const auto result = j.at("result").get<std::string>();
  const auto found = std::find_if(stepResults.begin(), stepResults.end(),
                                  [&](StepResult known) { return toString(known) == result; });
  report.result = found == stepResults.end() ? StepResult::skipped : *found;
}

void to_json(json& j, const Cursor& cursor) {
  j = {{"epoch", cursor.epoch},
       {"record", cursor.recordNumber},
       {"generated", cursor.timeGenerated},
       {"written", cursor.timeWritten},
       {"source", cursor.source},
       {"code", cursor.code},
       {"hash", cursor.hash},
       {"newestSeen", cursor.newestSeen},
       {"bookmark", cursor.bookmark},
       {"api", cursor.api},
       {"from", cursor.from},
       {"fromRecord", cursor.fromRecord}};
}
void from_json(const json& j, Cursor& cursor) {
  take(j, "epoch", cursor.epoch);
  take(j, "record", cursor.recordNumber);
  take(j, "generated", cursor.timeGenerated);
  take(j, "written", cursor.timeWritten);
  take(j, "source", cursor.source);
  take(j, "code", cursor.code);
  take(j, "hash", cursor.hash);
  take(j, "newestSeen", cursor.newestSeen);
  take(j, "bookmark", cursor.bookmark);
  take(j, "api", cursor.api);
  take(j, "from", cursor.from);
  take(j, "fromRecord", cursor.fromRecord);
}

void to_json(json& j, const Incident& incident) {
  j = {{"counterService", incident.counterService},
       {"cause", incident.cause},
       {"verdict", incident.verdict},
       {"since", incident.since},
       {"lastEvent", incident.lastEvent},
       {"began", incident.began},
       {"lastEpoch", incident.lastEpoch},
       {"lastRecord", incident.lastRecord},
       {"lastGenerated", incident.lastGenerated},
       {"events", incident.events},
       {"status", incident.status},
       {"eventId", incident.eventId},
       {"judged", incident.judged}};
}
void from_json(const json& j, Incident& incident) {
  j.at("counterService").get_to(incident.counterService);
  take(j, "cause", incident.cause);
  take(j, "verdict", incident.verdict);
  take(j, "since", incident.since);
  take(j, "lastEvent", incident.lastEvent);
  incident.began = incident.since;
  take(j, "began", incident.began);
  take(j, "lastEpoch", incident.lastEpoch);
  take(j, "lastRecord", incident.lastRecord);
  take(j, "lastGenerated", incident.lastGenerated);
  take(j, "events", incident.events);
  take(j, "status", incident.status);
  take(j, "eventId", incident.eventId);
  take(j, "judged", incident.judged);
}

void to_json(json& j, const LimitState& limits) {
  j = {{"attempts", limits.attempts},
       {"lastAttemptEnd", limits.lastAttemptEnd},
       {"circuitOpen", limits.circuitOpen},
       {"lastReason", limits.lastReason},
       {"lastReminder", limits.lastReminder}};
}
void from_json(const json& j, LimitState& limits) {
  take(j, "attempts", limits.attempts);
  take(j, "lastAttemptEnd", limits.lastAttemptEnd);
  take(j, "circuitOpen", limits.circuitOpen);
  take(j, "lastReason", limits.lastReason);
  take(j, "lastReminder", limits.lastReminder);
}

void to_json(json& j, const LastRepair& repair) {
  j = {{"epoch", repair.epoch},
       {"endRecord", repair.endRecord},
       {"begin", repair.begin},
       {"end", repair.end},
       {"repaired", repair.repaired}};
}
void from_json(const json& j, LastRepair& repair) {
  take(j, "epoch", repair.epoch);
  take(j, "endRecord", repair.endRecord);
  take(j, "begin", repair.begin);
  take(j, "end", repair.end);
  take(j, "repaired", repair.repaired);
}

void to_json(json& j, const RepairJournal& journal) {
  j = {{"counterService", journal.counterService},
       {"begin", journal.begin},
       {"backupFolder", journal.backupFolder},
       {"done", journal.done},
       {"intent", journal.intent},
       {"rollingBack", journal.rollingBack},
       {"failedStep", journal.failedStep},
       {"reason", journal.reason},
       {"told", journal.told}};
}
void from_json(const json& j, RepairJournal& journal) {
  j.at("counterService").get_to(journal.counterService);
  take(j, "begin", journal.begin);
  j.at("backupFolder").get_to(journal.backupFolder);
  take(j, "done", journal.done);
  take(j, "intent", journal.intent);
  take(j, "rollingBack", journal.rollingBack);
  take(j, "failedStep", journal.failedStep);
  take(j, "reason", journal.reason);
  take(j, "told", journal.told);
}

void to_json(json& j, const AlertRecord& record) {
  j = {{"at", record.at}, {"id", record.id}, {"strings", record.strings}};
}
void from_json(const json& j, AlertRecord& record) {
  take(j, "at", record.at);
  take(j, "id", record.id);
  take(j, "strings", record.strings);
}

void to_json(json& j, const Alert& alert) {
  j = {{"id", alert.id},
       {"type", static_cast<std::uint16_t>(alert.type)},
       {"strings", alert.strings}};
}
void from_json(const json& j, Alert& alert) {
  j.at("id").get_to(alert.id);
  alert.type = static_cast<EventType>(j.at("type").get<std::uint16_t>());
  j.at("strings").get_to(alert.strings);
}

void to_json(json& j, const HearingProof& proof) {
  j = {{"nonce", proof.nonce},
       {"sent", proof.sent},
       {"heard", proof.heard},
       {"latency", proof.latency.count()},
       {"lostSince", proof.lostSince}};
}
void from_json(const json& j, HearingProof& proof) {
  take(j, "nonce", proof.nonce);
  take(j, "sent", proof.sent);
  take(j, "heard", proof.heard);
  take(j, "lostSince", proof.lostSince);
  proof.latency = Milliseconds(j.value("latency", std::int64_t{0}));
}

void to_json(json& j, const ServiceTotals& totals) {
  j = {{"incidents", totals.incidents},
       {"repaired", totals.repaired},
       {"failed", totals.failed},
       {"notAttempted", totals.notAttempted}};
}
void from_json(const json& j, ServiceTotals& totals) {
  take(j, "incidents", totals.incidents);
  take(j, "repaired", totals.repaired);
  take(j, "failed", totals.failed);
  take(j, "notAttempted", totals.notAttempted);
}

void to_json(json& j, const Totals& totals) {
  j = {{"services", totals.services}, {"alerts", totals.alerts}};
}
void from_json(const json& j, Totals& totals) {
  take(j, "services", totals.services);
  take(j, "alerts", totals.alerts);
}

void to_json(json& j, const State& state) {
  j = {{"cursor", state.cursor},
       {"api", state.api},
       {"lastRead", state.lastRead},
       {"mode", toString(state.mode)},
       {"policyFile", state.policyFile},
       {"policySince", state.policySince},
       {"incidents", state.incidents},
       {"limits", state.limits},
       {"lastRepairs", state.lastRepairs},
       {"journal", state.journal},
       {"pendingAlerts", state.pendingAlerts},
       {"lastAlerts", state.lastAlerts},
       {"proof", state.proof},
       {"totals", state.totals}};
}
void from_json(const json& j, State& state) {
  take(j, "cursor", state.cursor);
  take(j, "api", state.api);
  take(j, "lastRead", state.lastRead);
  state.mode =
      j.value("mode", std::string()) == toString(Mode::repair) ? Mode::repair : Mode::alert;
  take(j, "policyFile", state.policyFile);
  take(j, "policySince", state.policySince);
  take(j, "incidents", state.incidents);
  take(j, "limits", state.limits);
  take(j, "lastRepairs", state.lastRepairs);
  take(j, "journal", state.journal);
  take(j, "pendingAlerts", state.pendingAlerts);
  take(j, "lastAlerts", state.lastAlerts);
  take(j, "proof", state.proof);
  take(j, "totals", state.totals);
}

std::string_view toString(StepResult result) {
  switch (result) {
    case StepResult::done: return "done";
    case StepResult::notApplicable: return "notApplicable";
    case StepResult::failed: return "failed";
    case StepResult::skipped: return "skipped";
  }
  return "skipped";
}

std::string writeState(const State& state) {
  const json body = state;
  // Event text is made valid UTF-8 when it is read; replacing keeps a mistake there from losing the
  // file.
  const std::string text = body.dump(-1, ' ', false, json::error_handler_t::replace);
  return fmt::format(
      "{{\"format\":\"imshealth-state\",\"version\":{},\"checksum\":\"{}\",\"state\":{}}}\n",
      formatVersion, checksumOf(text), text);
}

Result<State> readState(std::string_view text) {
  const auto corrupt = [](const std::string& why) {
    return Error(ErrorKind::corrupt, "state file", 0, why);
  };
  // What is nested deeper than a state ever is (writing it out again is recursive) is nobody's
  // state.
  constexpr int deepest = 32;
  bool tooDeep = false;
  // All numbers of a state are whole; others may not fit where they would go.
  bool hasFraction = false;
  const json envelope = json::parse(
      text,
      [&](int depth, json::parse_event_t event, json& parsed) {
        tooDeep = tooDeep || depth > deepest;
        hasFraction =
            hasFraction || (event == json::parse_event_t::value && parsed.is_number_float());
        return !tooDeep;
      },
      false);
  if (tooDeep) {
    return corrupt("nested too deeply");
  }
  if (hasFraction) {
    return corrupt("a number that is not whole");
  }
  if (!envelope.is_object() || envelope.value("format", json()) != "imshealth-state" ||
      !envelope.contains("state")) {
    return corrupt("not a state file");
  }
  // Taken over and written again, it would lose what only the later version knows of.
  if (envelope.value("version", json()) != formatVersion) {
    return Error(ErrorKind::unsupported, "state file", 0,
                 fmt::format("not of format version {}", formatVersion));
  }
  const json& body = envelope["state"];
  if (envelope.value("checksum", json()) !=
      checksumOf(body.dump(-1, ' ', false, json::error_handler_t::replace))) {
    return corrupt("wrong checksum");
  }
  try {
    return body.get<State>();
  } catch (const std::exception& mismatch) {
    return corrupt(mismatch.what());
  }
}

}  // namespace imshealth
