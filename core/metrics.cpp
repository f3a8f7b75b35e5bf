#include "core/metrics.h"

#include "config/ascii.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <set>
#include <utility>

namespace imshealth {

namespace {

using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

/// Label values: backslash, quote and line feed are escaped, nothing else.
std::string escaped(std::string_view value) {
  std::string text;
  for (const char c : value) {
    switch (c) {
      case '\\': text += "\\\\"; break;
      case '"': text += "\\\""; break;
      case '\n': text += "\\n"; break;
      default: text += c;
    }
  }
  return text;
}

/// The ids of service/messages.mc, so that each has its series from the start.
constexpr std::array<std::uint16_t, 20> alertIds = {100, 101, 102, 110, 111, 200, 201,
                                                    202, 203, 204, 205, 206, 300, 310,
                                                    320, 321, 322, 330, 331, 900};

class Exposition {
 public:
  void metric(std::string_view name, std::string_view type, std::string_view help) {
    name_ = name;
    text_ +=
        fmt::format("# HELP imshealth_{} {}\n# TYPE imshealth_{} {}\n", name, help, name, type);
  }

  template <class Number>
  void sample(Labels labels, Number value) {
    std::string list;
    for (const auto& [label, content] : labels) {
      list += fmt::format("{}{}=\"{}\"", list.empty() ? "" : ",", label, escaped(content));
    }
    if (!list.empty()) {
      list = "{" + list + "}";
    }
    text_ += fmt::format("imshealth_{}{} {}\n", name_, list, value);
  }

  std::string take() { return std::move(text_); }

 private:
  std::string_view name_;
  std::string text_;
};

double seconds(Time time) {
  return static_cast<double>(time.time_since_epoch().count()) / 1000;
}

using Services = std::set<std::string, LessIgnoringCase>;

/// Watched now, and as the policy spells them; or remembered from an earlier one.
Services servicesOf(const State& state, const Policy& policy) {
  Services names;
  for (const WatchPolicy& watch : policy.watch) {
    names.insert(watch.counterService);
  }
  for (const auto& [name, totals] : state.totals.services) {
    names.insert(name);
  }
  for (const auto& [name, limits] : state.limits) {
    names.insert(name);
  }
  return names;
}

template <class Map>
typename Map::mapped_type valueOr(const Map& map, const typename Map::key_type& key) {
  const auto found = map.find(key);
  return found == map.end() ? typename Map::mapped_type{} : found->second;
}

void writeServices(Exposition& out, const State& state, const Services& services) {
  out.metric(
      "incidents_total", "counter",
      "Alerts 200: failures to open that were diagnosed and told. An incident whose cause or "
      "decision changes, or that is repaired again, is told anew; one found healthy at once "
      "never.");
  for (const std::string& name : services) {
    out.sample({{"counter_service", name}}, valueOr(state.totals.services, name).incidents);
  }
  out.metric("incident_open", "gauge", "1 while an incident is open.");
  for (const std::string& name : services) {
    const bool open = std::any_of(
        state.incidents.begin(), state.incidents.end(),
        [&](const Incident& each) { return equalsIgnoringCase(each.counterService, name); });
    out.sample({{"counter_service", name}}, open ? 1 : 0);
  }
  out.metric("repairs_total", "counter", "Repairs by their result.");
  for (const std::string& name : services) {
    const ServiceTotals totals = valueOr(state.totals.services, name);
    out.sample({{"counter_service", name}, {"result", "repaired"}}, totals.repaired);
    out.sample({{"counter_service", name}, {"result", "failed"}}, totals.failed);
    out.sample({{"counter_service", name}, {"result", "notAttempted"}}, totals.notAttempted);
  }
  out.metric("circuit_open", "gauge", "1 while no repairs are tried until a person resets.");
  for (const std::string& name : services) {
    out.sample({{"counter_service", name}}, valueOr(state.limits, name).circuitOpen ? 1 : 0);
  }
  out.metric(
      "repair_attempts", "gauge",
      "Repair attempts within the period of the policy's limits; none is forgotten while the "
      "circuit is open.");
  for (const std::string& name : services) {
    out.sample({{"counter_service", name}}, valueOr(state.limits, name).attempts.size());
  }
  if (!state.lastRepairs.empty()) {
    out.metric("last_repair_timestamp_seconds", "gauge", "End of the last repair.");
    for (const auto& [name, repair] : state.lastRepairs) {
      const auto known = services.find(name);
      out.sample({{"counter_service", known == services.end() ? name : *known}},
                 seconds(repair.end));
    }
  }
}

void writeHearing(Exposition& out, const State& state) {
  if (!state.api.empty()) {
    out.metric("event_log_info", "gauge", "The interface that events are read through, always 1.");
    out.sample({{"api", state.api}}, 1);
  }
  if (state.lastRead) {
    out.metric("event_log_last_read_timestamp_seconds", "gauge",
               "When the event log was last read.");
    out.sample({}, seconds(*state.lastRead));
  }
  out.metric(
      "proof_lost", "gauge",
      "1 while an event that the service wrote itself has not come back, from alert 330 on.");
  out.sample({}, state.proof.lostSince ? 1 : 0);
  if (state.proof.heard) {
    out.metric("proof_heard_timestamp_seconds", "gauge",
               "When an event that the service wrote itself last came back through the event log.");
    out.sample({}, seconds(*state.proof.heard));
    out.metric("proof_latency_seconds", "gauge", "How long that event took.");
    out.sample({}, static_cast<double>(state.proof.latency.count()) / 1000);
  }
}

}  // namespace

std::string writeMetrics(const State& state, const MetricsOccasion& occasion) {
  Exposition out;
  out.metric("build_info", "gauge", "The program, always 1.");
  out.sample({{"version", occasion.version}}, 1);
  out.metric("policy_info", "gauge", "The policy in force, always 1.");
  out.sample({{"mode", occasion.policy.mode == Mode::repair ? "repair" : "alert"}}, 1);
  out.metric("policy_refused", "gauge",
             "1 while policy.json is refused and an earlier policy is in force.");
  out.sample({}, occasion.policyRefused ? 1 : 0);
  writeServices(out, state, servicesOf(state, occasion.policy));
  out.metric("repair_under_way", "gauge", "1 while a repair is under way or left to be finished.");
  out.sample({}, state.journal ? 1 : 0);
  writeHearing(out, state);
  out.metric("alerts_total", "counter", "Alerts raised, by event id.");
  for (const std::uint16_t id : alertIds) {
    out.sample({{"id", std::to_string(id)}}, valueOr(state.totals.alerts, id));
  }
  out.metric("written_timestamp_seconds", "gauge",
             "When this text was made; at least once a minute.");
  out.sample({}, seconds(occasion.now));
  return out.take();
}

}  // namespace imshealth
