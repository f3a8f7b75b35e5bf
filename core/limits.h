// How often, and when, a repair may be tried: cool-down, attempts within a period, the circuit that
// only a person closes, maintenance windows. One small pure state machine per counter service.
#pragma once

#include "config/policy.h"
#include "core/time.h"

#include <optional>
#include <string>
#include <vector>

namespace imshealth {

struct LimitState {
  std::vector<Time> attempts;  ///< begin of each attempt within the period, rising; of an
                               ///< open circuit also those that have left it
  std::optional<Time> lastAttemptEnd;
  bool circuitOpen = false;
  std::string lastReason;            ///< of the last failed attempt
  std::optional<Time> lastReminder;  ///< when alert 205 was last written

  bool operator==(const LimitState&) const = default;
};

enum class Permission { granted, coolDown, attemptsExhausted };

/// Attempts that have left the period are forgotten, unless the circuit is open; times in the
/// future (the clock was set back) count as now, so that a wrong clock can hold repairs back for
/// one period at most.
void settle(LimitState&, const LimitsPolicy&, Time now);

/// May a repair begin? An open circuit is attemptsExhausted.
Permission permission(const LimitState&, const LimitsPolicy&, Time now);

/// When they grant it again if nothing is tried until then; `now` where they do already. Absent:
/// not before a person resets.
std::optional<Time> permittedFrom(const LimitState&, const LimitsPolicy&, Time now);

/// No windows: always open.
bool isMaintenanceOpen(const std::vector<MaintenanceWindow>&, LocalTime);

void beginAttempt(LimitState&, const LimitsPolicy&, Time now);
/// True: this failure exhausted the attempts and opened the circuit (alert 205).
bool endAttempt(LimitState&, const LimitsPolicy&, Time now, bool repaired,
                const std::string& reason);

/// An open circuit reminds once a day; true at most once per day, and notes it.
bool takeReminder(LimitState&, Time now);

/// A person has looked: circuit closed, attempts forgotten.
void reset(LimitState&);

}  // namespace imshealth
