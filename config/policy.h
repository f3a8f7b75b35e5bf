// The administrator's policy as plain data: what the JSON file says, defaults filled in.
// Source of truth for keys, defaults and limits: config/policy.schema.json.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace imshealth {

enum class Mode { alert, repair };
enum class Procedure { full, minimal };
enum class EventApi { automatic, winevt, classic };

/// One counter service that is watched. All text is UTF-8.
struct WatchPolicy {
  std::string counterService;            ///< key under HKLM\SYSTEM\CurrentControlSet\Services
  std::string displayName;               ///< for people; may be empty
  std::optional<std::string> directory;  ///< absent: "auto"
  std::optional<std::string> library;    ///< absent: "auto"; else a bare file name
  std::string counterFile = "imcperf.ini";
  std::vector<std::string> versions;       ///< file versions that are right; empty: only reported
  std::optional<std::string> trustedCopy;  ///< absolute local path
  std::optional<Mode> mode;                ///< absent: Policy::mode
  Procedure procedure = Procedure::full;
  std::vector<std::uint16_t> alsoOn;   ///< related Perflib ids that open an incident too
  std::map<std::string, Mode> causes;  ///< by cause code; the codes are core/causes.h

  bool operator==(const WatchPolicy&) const = default;
};

struct LimitsPolicy {
  std::chrono::milliseconds coolDown = std::chrono::minutes(15);
  int attempts = 3;
  std::chrono::milliseconds within = std::chrono::hours(24);
  std::chrono::milliseconds commandTimeout = std::chrono::seconds(180);
  std::chrono::milliseconds probeTimeout = std::chrono::seconds(10);

  bool operator==(const LimitsPolicy&) const = default;
};

struct VerifyPolicy {
  std::chrono::milliseconds watchFor = std::chrono::seconds(30);

  bool operator==(const VerifyPolicy&) const = default;
};

/// Local time. `days` are the days on which the window opens; where `to` is not after `from` it
/// ends on the following day.
struct MaintenanceWindow {
  std::uint8_t days = 0;  ///< bit 0 Monday … bit 6 Sunday
  int fromMinute = 0;     ///< of the day, 0 … 1439
  int toMinute = 0;       ///< exclusive, 0 … 1440; never equal to fromMinute

  bool operator==(const MaintenanceWindow&) const = default;
};

struct EventLogPolicy {
  EventApi api = EventApi::automatic;
  std::chrono::milliseconds lookBack = std::chrono::hours(24);  ///< first start, without a bookmark

  bool operator==(const EventLogPolicy&) const = default;
};

struct LogPolicy {
  std::string level = "info";                  ///< a spdlog level name
  std::uint64_t maxSize = 5ull * 1024 * 1024;  ///< bytes
  int files = 5;

  bool operator==(const LogPolicy&) const = default;
};

struct MetricsPolicy {
  std::optional<std::string> textfile;  ///< absolute local path of the .prom file

  bool operator==(const MetricsPolicy&) const = default;
};

struct Policy {
  int schemaVersion = 1;
  Mode mode = Mode::alert;
  std::vector<WatchPolicy> watch;
  LimitsPolicy limits;
  VerifyPolicy verify;
  std::vector<MaintenanceWindow> maintenanceWindows;  ///< empty: always open
  EventLogPolicy eventLog;
  LogPolicy log;
  MetricsPolicy metrics;

  bool operator==(const Policy&) const = default;

  /// The watch of this counter service (ASCII letters compared without case), or nullptr.
  const WatchPolicy* find(std::string_view counterService) const;
};

/// What the service runs on without a policy.json: watch MSExchangeIMC, mode alert.
Policy builtInPolicy();

std::string_view toString(Mode);
std::string_view toString(Procedure);
std::string_view toString(EventApi);

}  // namespace imshealth
