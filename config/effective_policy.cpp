#include "config/effective_policy.h"

#include "config/schema.h"
#include "config/units.h"

#include <array>

namespace imshealth {
namespace {

using nlohmann::json;

void fillDefaults(json& value, const json& reference) {
  const json node = resolved(reference);
  if (value.is_array() && node.contains("items")) {
    for (json& entry : value)
      fillDefaults(entry, node["items"]);
  }
  if (!value.is_object() || !node.contains("properties"))
    return;
  for (const auto& [key, propertyReference] : node["properties"].items()) {
    const json property = resolved(propertyReference);
    if (!value.contains(key)) {
      if (property.contains("default"))
        value[key] = property["default"];
      else if (property["type"] == "object")
        value[key] = json::object();
    }
    if (value.contains(key))
      fillDefaults(value[key], property);
  }
}

Mode modeFrom(const json& text) {
  return text == "repair" ? Mode::repair : Mode::alert;
}

std::optional<std::string> textFrom(const json& object, const char* key) {
  if (!object.contains(key))
    return std::nullopt;
  return object[key].get<std::string>();
}

/// "auto" is the absence of an explicit value.
std::optional<std::string> unlessAuto(const json& text) {
  if (text == "auto")
    return std::nullopt;
  return text.get<std::string>();
}

std::chrono::milliseconds durationFrom(const json& text) {
  return parseDuration(text.get_ref<const std::string&>()).value_or(longestDuration);
}

WatchPolicy watchFrom(const json& object) {
  WatchPolicy watch;
  watch.counterService = object["counterService"].get<std::string>();
  watch.displayName = textFrom(object, "displayName").value_or("");
  watch.directory = unlessAuto(object["directory"]);
  watch.library = unlessAuto(object["library"]);
  watch.counterFile = object["counterFile"].get<std::string>();
  watch.versions = object["versions"].get<std::vector<std::string>>();
  watch.trustedCopy = textFrom(object, "trustedCopy");
  if (object.contains("mode"))
    watch.mode = modeFrom(object["mode"]);
  watch.procedure = object["procedure"] == "minimal" ? Procedure::minimal : Procedure::full;
  watch.alsoOn = object["alsoOn"].get<std::vector<std::uint16_t>>();
  for (const auto& [cause, mode] : object["causes"].items())
    watch.causes.emplace(cause, modeFrom(mode));
  return watch;
}

MaintenanceWindow windowFrom(const json& object) {
  static constexpr std::array<std::string_view, 7> names = {"mon", "tue", "wed", "thu",
                                                            "fri", "sat", "sun"};
  MaintenanceWindow window;
  for (const json& day : object["days"]) {
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (day == names[i])
        window.days = static_cast<std::uint8_t>(window.days | 1u << i);
    }
  }
  window.fromMinute = parseTimeOfDay(object["from"].get_ref<const std::string&>()).value_or(0);
  window.toMinute = parseTimeOfDay(object["to"].get_ref<const std::string&>()).value_or(0);
  return window;
}

EventApi apiFrom(const json& text) {
  if (text == "winevt")
    return EventApi::winevt;
  return text == "classic" ? EventApi::classic : EventApi::automatic;
}

}  // namespace

json withDefaults(const json& value) {
  json effective = value;
  fillDefaults(effective, schemaRoot());
  return effective;
}

Policy policyFromJson(const json& effective) {
  Policy policy;
  policy.schemaVersion = effective["schemaVersion"].get<int>();
  policy.mode = modeFrom(effective["mode"]);
  for (const json& watch : effective["watch"])
    policy.watch.push_back(watchFrom(watch));
  const json& limits = effective["limits"];
  policy.limits = {.coolDown = durationFrom(limits["coolDown"]),
                   .attempts = limits["attempts"].get<int>(),
                   .within = durationFrom(limits["within"]),
                   .commandTimeout = durationFrom(limits["commandTimeout"]),
                   .probeTimeout = durationFrom(limits["probeTimeout"])};
  policy.verify.watchFor = durationFrom(effective["verify"]["watchFor"]);
  for (const json& window : effective["maintenanceWindows"])
    policy.maintenanceWindows.push_back(windowFrom(window));
  policy.eventLog = {.api = apiFrom(effective["eventLog"]["api"]),
                     .lookBack = durationFrom(effective["eventLog"]["lookBack"])};
  const json& log = effective["log"];
  policy.log = {.level = log["level"].get<std::string>(),
                .maxSize = parseSize(log["maxSize"].get_ref<const std::string&>()).value_or(0),
                .files = log["files"].get<int>()};
  policy.metrics.textfile = textFrom(effective["metrics"], "textfile");
  return policy;
}

}  // namespace imshealth
