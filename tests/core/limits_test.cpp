// How often and when a repair may be tried.
#include "core/limits.h"

#include <catch2/catch.hpp>

#include <tuple>

using namespace imshealth;
using namespace std::chrono_literals;

namespace {

const Time start = timeFromSeconds(946684800);  // 2000-01-01, a Saturday

LimitsPolicy limits(int attempts = 3) {
  LimitsPolicy policy;
  policy.attempts = attempts;
  return policy;
}

MaintenanceWindow window(std::initializer_list<int> days, int from, int to) {
  MaintenanceWindow result{.days = 0, .fromMinute = from, .toMinute = to};
  for (const int day : days) {
    result.days = static_cast<std::uint8_t>(result.days | 1 << day);
  }
  return result;
}

}  // namespace

TEST_CASE("The first attempt is free; the second waits for the cool-down") {
  LimitState state;
  CHECK(permission(state, limits(), start) == Permission::granted);
  beginAttempt(state, limits(), start);
  endAttempt(state, limits(), start + 1min, true, "");
  CHECK(permission(state, limits(), start + 15min) == Permission::coolDown);
  CHECK(permission(state, limits(), start + 16min) == Permission::granted);
}

TEST_CASE("Successful attempts count too, but only a failure opens the circuit") {
  LimitState state;
  for (int i = 0; i < 3; ++i) {
    beginAttempt(state, limits(), start + i * 1h);
    CHECK_FALSE(endAttempt(state, limits(), start + i * 1h, true, ""));
  }
  CHECK(permission(state, limits(), start + 4h) == Permission::attemptsExhausted);
  CHECK_FALSE(state.circuitOpen);
  CHECK(permission(state, limits(), start + 24h) == Permission::granted);
}

TEST_CASE("An open circuit stays open however long one waits; a reset closes it") {
  LimitState state;
  for (int i = 0; i < 3; ++i) {
    beginAttempt(state, limits(), start + i * 1h);
    CHECK(endAttempt(state, limits(), start + i * 1h, false, "lodctr failed") == (i == 2));
  }
  CHECK(permission(state, limits(), start + 24h * 365) == Permission::attemptsExhausted);
  reset(state);
  CHECK(permission(state, limits(), start + 3h) == Permission::granted);
}

TEST_CASE("An open circuit does not forget how many attempts there were; a reset does") {
  LimitState state;
  for (int i = 0; i < 3; ++i) {
    beginAttempt(state, limits(), start + i * 1h);
    endAttempt(state, limits(), start + i * 1h, false, "lodctr failed");
  }
  settle(state, limits(), start + 24h * 30);
  CHECK(state.attempts.size() == 3);
  reset(state);
  CHECK(state.attempts.empty());
}

TEST_CASE("The limits say from when on they allow a repair") {
  LimitState state;
  CHECK(permittedFrom(state, limits(), start) == start);
  beginAttempt(state, limits(), start);
  endAttempt(state, limits(), start + 1min, true, "");
  CHECK(permittedFrom(state, limits(), start + 2min) == start + 16min);  // the cool-down
  CHECK(permittedFrom(state, limits(), start + 16min) == start + 16min);
  for (int i = 1; i < 3; ++i) {
    beginAttempt(state, limits(), start + i * 1h);
    endAttempt(state, limits(), start + i * 1h, true, "");
  }
  CHECK(permittedFrom(state, limits(), start + 2h) == start + 24h);  // the first one is forgotten
  CHECK(permittedFrom(state, limits(2), start + 2h) == start + 25h);
  beginAttempt(state, limits(), start + 24h);
  endAttempt(state, limits(), start + 24h, false, "lodctr failed");
  CHECK(permittedFrom(state, limits(), start + 24h) == std::nullopt);  // the circuit: a person
}

TEST_CASE("An open circuit reminds once a day, also when the clock was set back") {
  LimitState state;
  state.circuitOpen = true;
  state.lastReminder = start;
  CHECK_FALSE(takeReminder(state, start + 23h));
  CHECK(takeReminder(state, start + 24h));
  CHECK_FALSE(takeReminder(state, start + 24h));
  CHECK_FALSE(takeReminder(state, start - 100h));
  CHECK_FALSE(takeReminder(state, start - 99h));
  CHECK(takeReminder(state, start - 76h));
}

TEST_CASE("A clock that was far ahead holds repairs back for one period at most") {
  LimitState state;
  for (int i = 0; i < 3; ++i) {
    beginAttempt(state, limits(), start + 24h * 3650 + i * 1h);
  }
  CHECK(permission(state, limits(), start) == Permission::attemptsExhausted);
  settle(state, limits(), start);  // what the next saved state holds
  CHECK(permission(state, limits(), start + 24h) == Permission::granted);
}

TEST_CASE("Maintenance windows, across midnight too") {
  struct Row {
    MaintenanceWindow window;
    LocalTime at;
    bool open;
  };
  const auto [window_, at, open] = GENERATE(table<MaintenanceWindow, LocalTime, bool>({
      {window({5}, 22 * 60, 4 * 60), {5, 21 * 60 + 59}, false},
      {window({5}, 22 * 60, 4 * 60), {5, 22 * 60}, true},
      {window({5}, 22 * 60, 4 * 60), {6, 3 * 60 + 59}, true},  // Sunday morning belongs to Saturday
      {window({5}, 22 * 60, 4 * 60), {6, 4 * 60}, false},      // `to` is exclusive
      {window({5}, 22 * 60, 4 * 60), {5, 3 * 60}, false},      // Saturday morning belongs to Friday
      {window({6}, 22 * 60, 4 * 60), {0, 60}, true},           // Sunday into Monday
      {window({0}, 0, 24 * 60), {0, 0}, true},
      {window({0}, 0, 24 * 60), {0, 1439}, true},
      {window({0}, 0, 24 * 60), {1, 0}, false},
  }));
  CHECK(isMaintenanceOpen({window_}, at) == open);
}

TEST_CASE("No windows: always open") {
  CHECK(isMaintenanceOpen({}, {3, 720}));
}
