#include "config/policy_semantics.h"

#include "config/ascii.h"
#include "config/schema.h"
#include "config/show_text.h"
#include "config/units.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace imshealth {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;

std::string textAt(const json& object, const char* key) {
  return object.contains(key) ? object[key].get<std::string>() : "";
}

/// CON, NUL, COM1 … are devices in every folder, whatever ending they have; the superscript digits
/// count as digits here (Win32: Naming Files, Paths, and Namespaces).
bool isDeviceName(const std::string& name) {
  std::string stem = lowerCase(name.substr(0, name.find('.')));
  stem.erase(stem.find_last_not_of(' ') + 1);
  static constexpr std::array<std::string_view, 7> devices = {"con",    "prn",     "aux",   "nul",
                                                              "conin$", "conout$", "clock$"};
  if (std::ranges::find(devices, stem) != devices.end())
    return true;
  static constexpr std::array<std::string_view, 12> ports = {"1", "2", "3", "4", "5", "6",
                                                             "7", "8", "9", "¹", "²", "³"};
  return (stem.starts_with("com") || stem.starts_with("lpt")) &&
         std::ranges::find(ports, stem.substr(3)) != ports.end();
}

class Semantics {
 public:
  Semantics(const JsoncDocument& document, const json& effective)
      : document_(document), effective_(effective) {}

  std::vector<Diagnostic> check() {
    checkUnits("", effective_);
    for (std::size_t i = 0; i < effective_["watch"].size(); ++i)
      checkWatch(i);
    checkWindows();
    if (!tooLong_)
      checkLimits();
    return std::move(diagnostics_);
  }

 private:
  /// Where the value is not in the file (a default), the nearest thing around it that is.
  void say(Severity severity, std::string pointer, std::string message) {
    while (!document_.values.contains(pointer) && !pointer.empty())
      pointer.erase(pointer.rfind('/'));
    const auto found = document_.values.find(pointer);
    const Place place = found == document_.values.end() ? Place{} : found->second;
    diagnostics_.push_back({severity, place.line, place.column, pointer, std::move(message)});
  }

  void error(std::string pointer, std::string message) {
    say(Severity::error, std::move(pointer), std::move(message));
  }

  void warn(std::string pointer, std::string message) {
    say(Severity::warning, std::move(pointer), std::move(message));
  }

  /// Durations and sizes by their schema pattern, versions and file names by their key.
  void checkUnits(const std::string& pointer, const json& value) {
    if (value.is_structured()) {
      for (const auto& [key, member] : value.items())
        checkUnits(childPointer(pointer, key), member);
      return;
    }
    if (!value.is_string())
      return;
    const std::string& text = value.get_ref<const std::string&>();
    const std::vector<std::string> tokens = pointerTokens(pointer);
    const std::string& section = tokens.front();
    const std::string& key = tokens.back();
    const bool duration = section == "limits" || section == "verify" || key == "lookBack";
    if (duration && !parseDuration(text)) {
      tooLong_ = true;
      error(pointer, fmt::format("{} is longer than 365d, the longest duration", inQuotes(text)));
    } else if (key == "maxSize") {
      checkSize(pointer, text);
    } else if (tokens.size() == 4 && tokens[2] == "versions") {
      checkVersion(pointer, text);
    } else {
      checkDeviceNames(pointer, key, text);
    }
  }

  void checkSize(const std::string& pointer, const std::string& text) {
    const auto size = parseSize(text).value_or(1ull << 40);
    if (size < 64ull << 10 || size > 1ull << 30)
      error(pointer, fmt::format("{} is not between 64KB and 1GB", inQuotes(text)));
  }

  void checkVersion(const std::string& pointer, std::string_view text) {
    while (!text.empty()) {
      const std::string_view part = text.substr(0, text.find('.'));
      unsigned number = 0;
      std::from_chars(part.data(), part.data() + part.size(), number);
      if (number > 0xFFFF)
        return error(pointer,
                     fmt::format("{} is no part of a file version; 65535 is the most", part));
      text.remove_prefix(std::min(part.size() + 1, text.size()));
    }
  }

  void checkDeviceNames(const std::string& pointer, const std::string& key,
                        const std::string& text) {
    if (key != "directory" && key != "library" && key != "counterFile" && key != "trustedCopy" &&
        key != "textfile")
      return;
    for (std::size_t begin = 0; begin < text.size();) {
      const std::size_t end = std::min(text.find('\\', begin), text.size());
      const std::string part = text.substr(begin, end - begin);
      if (isDeviceName(part))
        return error(pointer,
                     fmt::format("{} is the name of a device, not of a file", inQuotes(part)));
      begin = end + 1;
    }
  }

  void checkWatch(std::size_t index) {
    const std::string pointer = childPointer("/watch", std::to_string(index));
    const json& watch = effective_["watch"][index];
    const std::string service = watch["counterService"].get<std::string>();
    for (std::size_t i = 0; i < index; ++i) {
      const std::string other = effective_["watch"][i]["counterService"].get<std::string>();
      if (equalsIgnoringCase(service, other)) {
        error(pointer + "/counterService",
              fmt::format("{} is watched already, by entry {}", inQuotes(service), i + 1));
        break;
      }
    }
    checkTrustedCopy(pointer, watch);
    checkCauses(pointer, watch);
    const bool ownFile = document_.values.contains(pointer + "/counterFile");
    if (!ownFile && !equalsIgnoringCase(service, "MSExchangeIMC"))
      warn(pointer, fmt::format("\"counterFile\" is not set for {}; the default {} belongs to "
                                "MSExchangeIMC",
                                inQuotes(service), shownDefault(watch["counterFile"])));
    checkAlsoOn(pointer, watch);
    if (repairs(watch) && !watch["versions"].empty() && !watch.contains("trustedCopy"))
      warn(pointer + "/versions",
           "a wrong version is only alerted, since there is no \"trustedCopy\" to restore");
  }

  /// core/known_libraries.h knows those of MSExchangeIMC only.
  void checkAlsoOn(const std::string& pointer, const json& watch) {
    const std::string service = watch["counterService"].get<std::string>();
    if (watch["library"] != "auto" || equalsIgnoringCase(service, "MSExchangeIMC"))
      return;
    for (std::size_t i = 0; i < watch["alsoOn"].size(); ++i) {
      if (watch["alsoOn"][i] == 1023)
        warn(fmt::format("{}/alsoOn/{}", pointer, i),
             fmt::format("1023 names only the library, and which one {} has is not known: it is "
                         "never matched; set \"library\"",
                         inQuotes(service)));
    }
  }

  static std::string shownDefault(const json& text) { return inQuotes(text.get<std::string>()); }

  bool repairs(const json& watch) const {
    return watch.contains("mode") ? watch["mode"] == "repair" : effective_["mode"] == "repair";
  }

  void checkTrustedCopy(const std::string& pointer, const json& watch) {
    const std::string copy = textAt(watch, "trustedCopy");
    const std::string directory = textAt(watch, "directory");
    if (copy.empty() || directory == "auto")
      return;
    const std::size_t slash = copy.rfind('\\');
    if (!equalsIgnoringCase(copy.substr(0, slash), directory))
      return;
    const std::string library = textAt(watch, "library");
    if (equalsIgnoringCase(copy.substr(slash + 1), library))
      error(pointer + "/trustedCopy",
            "the trusted copy is the very file that it is to restore; keep it in another folder");
    else
      warn(pointer + "/trustedCopy",
           "the trusted copy lies in the directory of the library that it is to restore");
  }

  void checkCauses(const std::string& pointer, const json& watch) {
    for (const auto& [cause, mode] : watch["causes"].items()) {
      const std::string at = pointer + "/causes/" + cause;
      if (mode != "repair")
        continue;
      if (isAlwaysAlert(cause))
        warn(at, fmt::format("{} is always an alert; no repair can cure it", inQuotes(cause)));
      else if (!canBeRepaired(watch, cause))
        warn(at, fmt::format("{} is only alerted, since there is no \"trustedCopy\" to restore",
                             inQuotes(cause)));
    }
  }

  /// The kind of a cause, as the schema has it.
  static bool isOfKind(const std::string& cause, std::string_view kind) {
    return schemaRoot()["definitions"]["causes"]["properties"][cause]["$ref"]
        .get_ref<const std::string&>()
        .ends_with(kind);
  }

  static bool isAlwaysAlert(const std::string& cause) { return isOfKind(cause, "/alwaysAlert"); }

  static bool canBeRepaired(const json& watch, const std::string& cause) {
    return !isAlwaysAlert(cause) &&
           (watch.contains("trustedCopy") || !isOfKind(cause, "/withTrustedCopy"));
  }

  void checkWindows() {
    const json& windows = effective_["maintenanceWindows"];
    for (std::size_t i = 0; i < windows.size(); ++i) {
      if (windows[i]["from"] == windows[i]["to"])
        error(
            fmt::format("/maintenanceWindows/{}/to", i),
            fmt::format("the window closes at {} when it opens, so it is never open; the whole day "
                        "is \"00:00\" to \"24:00\"",
                        inQuotes(windows[i]["to"].get<std::string>())));
    }
    bool anyRepair = false;
    for (const json& watch : effective_["watch"]) {
      anyRepair = anyRepair || repairs(watch);
      for (const auto& [cause, mode] : watch["causes"].items())
        anyRepair = anyRepair || (mode == "repair" && canBeRepaired(watch, cause));
    }
    if (!windows.empty() && !anyRepair)
      warn("/maintenanceWindows",
           "nothing is ever repaired, so the windows have no effect; set "
           "\"mode\" to \"repair\" to change that");
    repairs_ = anyRepair;
  }

  milliseconds durationAt(const char* section, const char* key) const {
    return parseDuration(effective_[section][key].get_ref<const std::string&>())
        .value_or(longestDuration);
  }

  void checkLimits() {
    const milliseconds coolDown = durationAt("limits", "coolDown");
    const milliseconds within = durationAt("limits", "within");
    const int attempts = effective_["limits"]["attempts"].get<int>();
    const std::string at =
        document_.values.contains("/limits/coolDown") ? "/limits/coolDown" : "/limits/within";
    if (coolDown > within)
      warn(at, fmt::format("the cool-down {} is longer than the period {} in which attempts count",
                           shownLimit("coolDown"), shownLimit("within")));
    else if (coolDown * (attempts - 1) >= within)  // an attempt as old as the period is forgotten
      warn(at,
           fmt::format("with a cool-down of {} there is no time for {} attempts within {}, so the "
                       "circuit never opens",
                       shownLimit("coolDown"), attempts, shownLimit("within")));
    using namespace std::chrono_literals;
    if (repairs_ && durationAt("verify", "watchFor") < 5s)
      warn("/verify/watchFor", "less than 5s shows hardly whether a repair has helped");
    if (repairs_ && durationAt("limits", "commandTimeout") < 10s)
      warn("/limits/commandTimeout",
           "less than 10s ends regsvr32 and lodctr on a busy server before they are done");
  }

  std::string shownLimit(const char* key) const {
    return effective_["limits"][key].get<std::string>();
  }

  const JsoncDocument& document_;
  const json& effective_;
  bool tooLong_ = false;
  bool repairs_ = false;
  std::vector<Diagnostic> diagnostics_;
};

}  // namespace

std::vector<Diagnostic> checkSemantics(const JsoncDocument& document, const json& effective) {
  return Semantics(document, effective).check();
}

}  // namespace imshealth
