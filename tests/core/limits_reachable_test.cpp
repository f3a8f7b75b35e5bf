// Every state that a night of failures can lead to, hour by hour: attempts that fail and succeed,
// waits, resets, a clock that is set forward or back, summer time that begins or ends, and a
// maintenance window across midnight.
#include "core/decide.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <bitset>
#include <deque>
#include <set>

using namespace imshealth;
using namespace std::chrono_literals;

namespace {

constexpr int attemptsAllowed = 2, hoursWithin = 4, hoursCoolDown = 1;
constexpr int lastHour = 10;                    // Saturday 20:00 to Sunday 06:00
const Time start = timeFromSeconds(946756800);  // Saturday 2000-01-01, 20:00

enum class Jump { none, forward, back, summerBegins, summerEnds };
constexpr std::array allJumps = {Jump::none, Jump::forward, Jump::back, Jump::summerBegins,
                                 Jump::summerEnds};

/// What the machine's clock and time zone make of the hours that really pass.
struct World {
  int hour = 0;        ///< that have passed
  int clockAhead = 0;  ///< hours that the clock was set forward, less those back
  int zoneAhead = 0;   ///< hours that local time was moved
  Time now() const { return start + std::chrono::hours(hour + clockAhead); }
  LocalTime local() const {
    const int hours = 5 * 24 + 20 + hour + clockAhead + zoneAhead;  // since Monday, 0:00
    return {hours / 24 % 7, hours % 24 * 60};
  }
};

/// The window "sat, 22:00 to 04:00", written down hour by hour.
bool isWithinWindow(const LocalTime& local) {
  constexpr int saturday = 5, sunday = 6;
  const int hour = local.minuteOfDay / 60;
  return (local.weekday == saturday && hour >= 22) || (local.weekday == sunday && hour < 4);
}

struct Node {
  World world;
  Jump jumped = Jump::none;
  int jumpedAt = -1;
  LimitState state;
  std::vector<int> attempts;  ///< hours in which they were made, since the last reset
  bool told = false;          ///< that the circuit is open (alert 205)

  std::vector<std::int64_t> key() const {
    std::vector<std::int64_t> flat{
        world.hour,
        world.clockAhead,
        world.zoneAhead,
        jumpedAt,
        state.circuitOpen,
        told,
        state.lastAttemptEnd ? state.lastAttemptEnd->time_since_epoch().count() : 0,
        static_cast<std::int64_t>(state.attempts.size())};
    for (const Time at : state.attempts) {
      flat.push_back(at.time_since_epoch().count());
    }
    flat.insert(flat.end(), attempts.begin(), attempts.end());
    return flat;
  }
};

Policy nightly(bool window) {
  Policy policy;
  policy.mode = Mode::repair;
  policy.limits.attempts = attemptsAllowed;
  policy.limits.within = std::chrono::hours(hoursWithin);
  policy.limits.coolDown = std::chrono::hours(hoursCoolDown);
  policy.watch.push_back({.counterService = "MSExchangeIMC"});
  if (window) {
    policy.maintenanceWindows = {{.days = 1 << 5, .fromMinute = 22 * 60, .toMinute = 4 * 60}};
  }
  return policy;
}

Verdict verdictAt(const Node& node, const Policy& policy) {
  const std::vector<Finding> findings = {{Cause::openFailed, "status 2", true}};
  return decide(findings, policy, policy.watch.front(),
                {.limits = node.state, .now = node.world.now(), .local = node.world.local()})
      .verdict;
}

void checkAttempts(const Node& node, const Policy& policy) {
  for (const int first : node.attempts) {
    const int beyond = first + hoursWithin;
    const auto count = std::count_if(node.attempts.begin(), node.attempts.end(),
                                     [&](int at) { return at >= first && at < beyond; });
    // A clock that was set forward has let a period pass that did not: once, and not more.
    const bool leapt =
        node.jumped == Jump::forward && node.jumpedAt >= first && node.jumpedAt < beyond;
    REQUIRE(count <= policy.limits.attempts * (leapt ? 2 : 1));
  }
}

void checkGivingUp(const Node& node, const Policy& policy) {
  REQUIRE(node.state.circuitOpen == node.told);
  // What is not told does not last: after the period a repair is allowed again.
  if (!node.state.circuitOpen) {
    REQUIRE(permission(node.state, policy.limits,
                       node.world.now() + policy.limits.within + policy.limits.coolDown) ==
            Permission::granted);
  } else {
    REQUIRE(permission(node.state, policy.limits, node.world.now() + 24h * 365) ==
            Permission::attemptsExhausted);
  }
}

/// What a person is told of when a repair will be allowed is then so, and was not so before.
void checkPermittedFrom(const Node& node, const Policy& policy) {
  const Time now = node.world.now();
  const auto from = permittedFrom(node.state, policy.limits, now);
  REQUIRE(from.has_value() == !node.state.circuitOpen);
  if (from) {
    REQUIRE(permission(node.state, policy.limits, *from) == Permission::granted);
    REQUIRE((*from == now ||
             permission(node.state, policy.limits, *from - 1ms) != Permission::granted));
  }
}

std::vector<Node> successors(const Node& node, const Policy& policy, Jump jump) {
  std::vector<Node> next;
  Node later = node;
  ++later.world.hour;
  settle(later.state, policy.limits, later.world.now());  // as the service does each minute
  next.push_back(later);
  if (jump != Jump::none && node.jumped == Jump::none) {
    Node jumped = node;
    jumped.jumped = jump;
    jumped.jumpedAt = node.world.hour;
    jumped.world.clockAhead += jump == Jump::forward ? 5 : jump == Jump::back ? -3 : 0;
    jumped.world.zoneAhead += jump == Jump::summerBegins ? 1 : jump == Jump::summerEnds ? -1 : 0;
    settle(jumped.state, policy.limits, jumped.world.now());
    next.push_back(jumped);
  }
  if (node.state.circuitOpen) {
    Node looked = node;
    reset(looked.state);
    looked.attempts.clear();
    looked.told = false;
    next.push_back(looked);
  }
  if (verdictAt(node, policy) == Verdict::repair) {
    if (!policy.maintenanceWindows.empty()) {
      REQUIRE(isWithinWindow(node.world.local()));
    }
    REQUIRE_FALSE(node.state.circuitOpen);
    for (const bool repaired : {true, false}) {
      Node tried = node;
      beginAttempt(tried.state, policy.limits, node.world.now());
      tried.attempts.push_back(node.world.hour);
      tried.told = endAttempt(tried.state, policy.limits, node.world.now(), repaired, "reason");
      next.push_back(tried);
    }
  }
  return next;
}

std::size_t enumerate(const Policy& policy, Jump jump) {
  std::deque<Node> open{Node{}};
  std::set<std::vector<std::int64_t>> seen;
  while (!open.empty()) {
    const Node node = open.front();
    open.pop_front();
    if (node.world.hour > lastHour || !seen.insert(node.key()).second) {
      continue;
    }
    checkAttempts(node, policy);
    checkGivingUp(node, policy);
    checkPermittedFrom(node, policy);
    for (Node& next : successors(node, policy, jump)) {
      open.push_back(std::move(next));
    }
  }
  return seen.size();
}

}  // namespace

TEST_CASE(
    "In every reachable state: no attempt too many, none outside of the window, no silent end") {
  for (const bool window : {false, true}) {
    for (const Jump jump : allJumps) {
      INFO("window " << window << ", jump " << static_cast<int>(jump));
      CHECK(enumerate(nightly(window), jump) > 40);
    }
  }
}

TEST_CASE("An open circuit reminds in every stretch of a day and an hour, whenever one looks") {
  for (int step = 1; step <= 30; ++step) {
    LimitState state;
    state.circuitOpen = true;
    state.lastReminder = start;
    Time last = start;
    for (Time now = start; now < start + 24h * 20; now += std::chrono::hours(step)) {
      if (takeReminder(state, now)) {
        REQUIRE(now - last >= 24h);
        last = now;
      }
      REQUIRE(now - last < 24h + std::chrono::hours(step));
    }
  }
}

TEST_CASE("Windows against a calendar of the week, minute by minute") {
  constexpr int day = 1440, week = 7 * day;
  const std::array<std::pair<int, int>, 7> spans{
      {{0, 1440}, {0, 1}, {1439, 1440}, {540, 1020}, {1320, 240}, {1439, 0}, {240, 239}}};
  for (int days = 1; days < 128; ++days) {
    for (const auto& [from, to] : spans) {
      std::bitset<week> calendar;
      for (int weekday = 0; weekday < 7; ++weekday) {
        const int length = to > from ? to - from : to - from + day;
        for (int minute = 0; (days >> weekday & 1) != 0 && minute < length; ++minute) {
          calendar.set(static_cast<std::size_t>((weekday * day + from + minute) % week));
        }
      }
      const MaintenanceWindow window{
          .days = static_cast<std::uint8_t>(days), .fromMinute = from, .toMinute = to};
      int wrong = 0;
      for (int minute = 0; minute < week; ++minute) {
        wrong += isMaintenanceOpen({window}, {minute / day, minute % day}) !=
                 calendar.test(static_cast<std::size_t>(minute));
      }
      INFO("days " << days << ", from " << from << ", to " << to);
      REQUIRE(wrong == 0);
    }
  }
}
