// What the program remembers: where it has read to, incidents, limits, the journal of a repair
// under way, the last alerts. Plain data; JSON with a checksum in state.json. Service and command
// line share it.
#pragma once

#include "config/ascii.h"
#include "core/alert.h"
#include "core/cursor.h"
#include "core/error.h"
#include "core/hearing_proof.h"
#include "core/limits.h"
#include "core/plan.h"
#include "core/time.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace imshealth {

/// By counter service. The registry does not tell case apart, and a policy may come to spell a name
/// otherwise: what is remembered of a service must not be lost by that.
template <class T>
using ByService = std::map<std::string, T, LessIgnoringCase>;

/// Incident::verdict once an attempt has failed.
inline constexpr char attemptFailed[] = "attemptFailed";

/// An open failure of one counter service, from its first event until it is verified, found
/// healthy, or left alone for the cool-down.
struct Incident {
  std::string counterService;
  std::string cause;    ///< code of the main finding; empty until diagnosed
  std::string verdict;  ///< word of the decision; empty until decided
  Time since;           ///< when its first failure was heard
  Time lastEvent;       ///< when its last one was
  Time began;           ///< when its first one was logged, at most `since`
  // Its last one as the log has it: whether a repair has dealt with that is told by these.
  std::uint32_t lastEpoch = 0;
  std::uint64_t lastRecord = 0;
  std::int64_t lastGenerated = 0;  ///< seconds
  std::uint64_t events = 0;
  std::optional<std::uint32_t> status;
  std::uint16_t eventId = 1008;
  Time judged{};  ///< when it was decided last
  /// Is to be decided anew; told of only if that comes to something else. Not saved.
  bool again = false;

  bool operator==(const Incident&) const = default;
};

/// The last repair of a service: older events are ignored.
struct LastRepair {
  std::uint32_t epoch = 0;
  std::uint64_t endRecord = 0;  ///< newest record of the log at its end
  Time begin;
  Time end;
  bool repaired = false;

  bool operator==(const LastRepair&) const = default;
};

enum class StepResult { done, notApplicable, failed, skipped };
std::string_view toString(StepResult);

struct StepReport {
  StepKind kind = StepKind::verify;
  std::string command;
  StepResult result = StepResult::skipped;
  std::optional<std::uint32_t> exitCode;
  std::string note;

  bool operator==(const StepReport&) const = default;
};

/// The journal: written before each step that changes the server. Whoever finds it in the state
/// file at its start, and holds the repair lock, verifies and then completes or rolls back.
struct RepairJournal {
  std::string counterService;
  Time begin;
  std::string backupFolder;
  std::vector<StepReport> done;
  std::optional<StepKind> intent;  ///< the step that may have been begun
  bool rollingBack = false;
  std::string failedStep, reason;  ///< of a roll-back under way
  bool told = false;               ///< alert 203 has said that the roll-back did not succeed

  bool operator==(const RepairJournal&) const = default;
};

struct AlertRecord {
  Time at;
  std::uint16_t id = 0;
  std::vector<std::string> strings;

  bool operator==(const AlertRecord&) const = default;
};

/// What one counter service has been through since the state file was begun.
struct ServiceTotals {
  std::uint64_t incidents = 0;  ///< alerts 200: each time that one was told, or told anew
  std::uint64_t repaired = 0;
  std::uint64_t failed = 0;        ///< repairs that failed
  std::uint64_t notAttempted = 0;  ///< repairs that policy or circumstances forbade

  bool operator==(const ServiceTotals&) const = default;
};

/// Counted with each alert; for the metrics, never for a decision.
struct Totals {
  ByService<ServiceTotals> services;
  std::map<std::uint16_t, std::uint64_t> alerts;  ///< by event id

  bool operator==(const Totals&) const = default;
};

struct State {
  Cursor cursor;
  std::string api;               ///< the event source in use
  std::optional<Time> lastRead;  ///< when the log was last read without an error
  Mode mode = Mode::alert;
  std::string policyFile;           ///< of the policy in force; empty: the built-in default
  std::optional<Time> policySince;  ///< when the service took it over, or started with it
  std::vector<Incident> incidents;
  ByService<LimitState> limits;
  ByService<LastRepair> lastRepairs;
  std::optional<RepairJournal> journal;
  std::vector<Alert> pendingAlerts;  ///< that the event log did not take yet; at most `maxPending`
  std::vector<AlertRecord> lastAlerts;  ///< newest last, at most `maxAlerts`
  HearingProof proof;
  Totals totals;

  static constexpr std::size_t maxAlerts = 20;
  static constexpr std::size_t maxPending = 100;
  bool operator==(const State&) const = default;
};

/// The text of state.json: an envelope with format version and checksum around the state.
std::string writeState(const State&);
/// Error kinds: corrupt (not JSON, wrong checksum, missing or impossible values), unsupported (of
/// another format version). Never throws.
Result<State> readState(std::string_view text);

}  // namespace imshealth
