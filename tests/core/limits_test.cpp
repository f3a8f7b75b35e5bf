// How often and when a repair may be tried.
#include "core/limits.h"

#include <catch2/catch.hpp>

#include <deque>
#include <set>
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
      {window({5}, 22 * 60, 4 * 60), {6, 3 * 60 + 59}, true},   // Sunday morning belongs to Saturday
      {window({5}, 22 * 60, 4 * 60), {6, 4 * 60}, false},       // `to` is exclusive
      {window({5}, 22 * 60, 4 * 60), {5, 3 * 60}, false},       // Saturday morning belongs to Friday
      {window({6}, 22 * 60, 4 * 60), {0, 60}, true},            // Sunday into Monday
      {window({0}, 0, 24 * 60), {0, 0}, true},
      {window({0}, 0, 24 * 60), {0, 1439}, true},
      {window({0}, 0, 24 * 60), {1, 0}, false},
  }));
  CHECK(isMaintenanceOpen({window_}, at) == open);
}

TEST_CASE("No windows: always open") { CHECK(isMaintenanceOpen({}, {3, 720})); }

// All states that a few hours can reach, in steps of an hour, under every order of failures, successes,
// waits and resets: never more than N attempts in any period, whatever happens.
TEST_CASE("Over all reachable states: never more than N attempts in any period, always an end that is told") {
  LimitsPolicy policy = limits(2);
  policy.within = 4h;
  policy.coolDown = 1h;
  struct Node {
    LimitState state;
    int hour = 0;
    std::vector<int> attempts;  // hours, since the last reset
    bool alerted = false;       // the opening of the circuit was told
  };
  const auto key = [](const Node& node) {
    std::vector<std::int64_t> flat{node.hour, node.state.circuitOpen, node.alerted};
    for (const Time at : node.state.attempts) {
      flat.push_back(at.time_since_epoch().count());
    }
    flat.push_back(node.state.lastAttemptEnd ? node.state.lastAttemptEnd->time_since_epoch().count() : 0);
    flat.insert(flat.end(), node.attempts.begin(), node.attempts.end());
    return flat;
  };
  std::deque<Node> open{Node{}};
  std::set<std::vector<std::int64_t>> seen;
  while (!open.empty()) {
    Node node = open.front();
    open.pop_front();
    if (node.hour > 9 || !seen.insert(key(node)).second) {
      continue;
    }
    const Time now = start + std::chrono::hours(node.hour);
    for (const int attempt : node.attempts) {
      const auto inPeriod = std::count_if(
          node.attempts.begin(), node.attempts.end(),
          [&](int other) { return other >= attempt && other < attempt + 4; });
      REQUIRE(inPeriod <= policy.attempts);
    }
    REQUIRE(node.state.circuitOpen == node.alerted);
    Node waited = node;
    ++waited.hour;
    open.push_back(waited);
    if (node.state.circuitOpen) {
      Node afterReset = node;
      reset(afterReset.state);
      afterReset.attempts.clear();
      afterReset.alerted = false;
      open.push_back(afterReset);
    }
    if (permission(node.state, policy, now) == Permission::granted) {
      REQUIRE_FALSE(node.state.circuitOpen);
      for (const bool repaired : {true, false}) {
        Node tried = node;
        beginAttempt(tried.state, policy, now);
        tried.attempts.push_back(node.hour);
        tried.alerted = endAttempt(tried.state, policy, now, repaired, "reason");
        open.push_back(tried);
      }
    }
  }
  CHECK(seen.size() > 200);
}
