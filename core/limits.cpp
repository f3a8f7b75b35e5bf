#include "core/limits.h"

#include <algorithm>

namespace imshealth {

namespace {
constexpr Milliseconds reminderInterval = std::chrono::hours(24);
}

// The service settles each minute on disk, so that a wrong clock really is forgotten after one
// period.
void settle(LimitState& state, const LimitsPolicy& policy, Time now) {
  for (Time& at : state.attempts) {
    at = std::min(at, now);
  }
  // Those that opened the circuit are told of each day, until a person resets.
  if (!state.circuitOpen) {
    std::erase_if(state.attempts, [&](Time at) { return now - at >= policy.within; });
  }
  if (state.lastAttemptEnd) {
    state.lastAttemptEnd = std::min(*state.lastAttemptEnd, now);
  }
  if (state.lastReminder) {
    state.lastReminder = std::min(*state.lastReminder, now);
  }
}

Permission permission(const LimitState& given, const LimitsPolicy& policy, Time now) {
  LimitState state = given;
  settle(state, policy, now);
  if (state.circuitOpen || state.attempts.size() >= static_cast<std::size_t>(policy.attempts)) {
    return Permission::attemptsExhausted;
  }
  if (state.lastAttemptEnd && now - *state.lastAttemptEnd < policy.coolDown) {
    return Permission::coolDown;
  }
  return Permission::granted;
}

std::optional<Time> permittedFrom(const LimitState& given, const LimitsPolicy& policy, Time now) {
  LimitState state = given;
  settle(state, policy, now);
  if (state.circuitOpen) {
    return std::nullopt;
  }
  Time from = now;
  const auto allowed = static_cast<std::size_t>(policy.attempts);
  if (state.attempts.size() >= allowed) {
    // Forgotten, it leaves one less than are allowed.
    from = state.attempts[state.attempts.size() - allowed] + policy.within;
  }
  return state.lastAttemptEnd ? std::max(from, *state.lastAttemptEnd + policy.coolDown) : from;
}

bool isMaintenanceOpen(const std::vector<MaintenanceWindow>& windows, LocalTime local) {
  const auto opensOn = [](const MaintenanceWindow& window, int weekday) {
    return (window.days >> weekday & 1) != 0;
  };
  const int yesterday = (local.weekday + 6) % 7;
  return windows.empty() ||
         std::any_of(windows.begin(), windows.end(), [&](const MaintenanceWindow& window) {
           const int minute = local.minuteOfDay;
           if (window.fromMinute < window.toMinute) {
             return opensOn(window, local.weekday) && minute >= window.fromMinute &&
                    minute < window.toMinute;
           }
           return (opensOn(window, local.weekday) && minute >= window.fromMinute) ||
                  (opensOn(window, yesterday) && minute < window.toMinute);
         });
}

void beginAttempt(LimitState& state, const LimitsPolicy& policy, Time now) {
  settle(state, policy, now);
  state.attempts.push_back(now);
}

bool endAttempt(LimitState& state, const LimitsPolicy& policy, Time now, bool repaired,
                const std::string& reason) {
  settle(state, policy, now);
  state.lastAttemptEnd = now;
  if (repaired) {
    return false;
  }
  state.lastReason = reason;
  if (!state.circuitOpen && state.attempts.size() >= static_cast<std::size_t>(policy.attempts)) {
    state.circuitOpen = true;
    state.lastReminder = now;
    return true;
  }
  return false;
}

bool takeReminder(LimitState& state, Time now) {
  if (!state.circuitOpen || (state.lastReminder && now >= *state.lastReminder &&
                             now - *state.lastReminder < reminderInterval)) {
    return false;
  }
  const bool clockWentBack = state.lastReminder && now < *state.lastReminder;
  state.lastReminder = now;
  return !clockWentBack;
}

void reset(LimitState& state) {
  state = LimitState{};
}

}  // namespace imshealth
