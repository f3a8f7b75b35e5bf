// From findings to one word: repair, or the reason why not. A pure function.
#pragma once

#include "config/policy.h"
#include "core/diagnose.h"
#include "core/limits.h"
#include "core/time.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace imshealth {

/// The words of alerts 200 and 204; a contract.
enum class Verdict {
  repair,
  alert,
  policyAlert,
  notRepairable,
  coolDown,
  attemptsExhausted,
  maintenanceWindow,
  untrustedPath,
  machineWideFault,
  paused,
  journalUnavailable,
  repairUnderWay,
};
std::string_view toString(Verdict);

/// What the decision depends on beside the findings.
struct Circumstances {
  LimitState limits;
  Time now;
  LocalTime local;
  bool paused = false;
  bool journalUnavailable = false;
  bool repairUnderWay = false;
  /// A person asked: mode, limits and windows do not count; trust and notRepairable do.
  bool force = false;
};

struct Decision {
  Verdict verdict = Verdict::alert;
  /// In force for the main finding's cause; alert where another cause wants that.
  Mode mode = Mode::alert;
  std::string explanation;  ///< what it means, the evidence, the other findings; for alert 200

  bool operator==(const Decision&) const = default;
};

/// The most specific mode wins: cause, watch, policy.
Mode modeFor(const Policy&, const WatchPolicy&, Cause);

/// What holds every repair of this service back at the moment: pause, limits, windows.
std::optional<Verdict> heldBack(const Policy&, const Circumstances&);

/// `findings` must not be empty: without a finding there is nothing to decide.
Decision decide(const std::vector<Finding>& findings, const Policy&, const WatchPolicy&,
                const Circumstances&);

}  // namespace imshealth
