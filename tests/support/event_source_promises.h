// What an event source promises, whichever interface of Windows it reads through: each record once
// and in order, whatever fails at whatever call. The same test cases run over a scripted event-log
// API (tests/core) and, as a Windows program with the real adapters, over the lab's log
// (tests/lab/contract).
//
// Whoever includes this names the backends before:
//
//   struct Backend { using Log; using Api; using Reader; static constexpr bool numbersGoOn; };
//   using EveryBackend = std::tuple<…>;
//
// numbersGoOn: record numbers go on after a clear, as they do from Vista on; before, they begin at
// 1 again. A Log has: write, writeOther, clear, overwrite, stopService, startService, failCalls,
// calls, clock (seconds, of the next record).
#pragma once

#include "core/event_source.h"
#include "core/match.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace {

using imshealth::Cursor;
using imshealth::Loss;

/// A log, a reader of it, and what has been heard so far.
template <class Backend>
struct World {
  typename Backend::Log log;
  typename Backend::Api api{log};
  std::unique_ptr<typename Backend::Reader> reader;
  std::optional<Cursor> saved;
  std::vector<std::string> heard;
  std::vector<Loss> losses;

  void start(std::int64_t lookBackStart = 0) {
    reader.reset();
    reader = std::make_unique<typename Backend::Reader>(api, saved, lookBackStart);
  }
  /// One wake-up: reads to the end, saving the cursor as the engine does. False: an error.
  bool drain() {
    for (int i = 0; i < 1000; ++i) {
      const auto delivery = reader->read();
      if (!delivery)
        return false;
      for (const imshealth::LogEvent& event : delivery->events)
        if (imshealth::isFromPerflib(event))
          heard.push_back(event.strings.at(0));
      losses.insert(losses.end(), delivery->losses.begin(), delivery->losses.end());
      saved = delivery->cursor;
      if (!delivery->more)
        return true;
    }
    FAIL("reading does not come to an end");
    return false;
  }
  /// The engine comes back after an error, and once a minute.
  void wake() {
    for (int i = 0; i < 5 && !drain(); ++i) {
    }
    drain();
  }
  void write(const std::vector<std::string>& names) {
    for (const std::string& name : names)
      log.write(name);
  }
  std::vector<std::string> takeHeard() { return std::exchange(heard, {}); }
  std::vector<Loss> takeLosses() { return std::exchange(losses, {}); }
};

using Names = std::vector<std::string>;

/// Every code of ReadEventLog and EvtNext that has a meaning of its own, and some that have none.
constexpr std::array<std::uint32_t, 31> everyCode{
    2,     5,     6,     8,     31,    38,    87,    122,        259,   1168,  1500,
    1502,  1503,  1717,  1722,  1734,  1753,  1818,  4317,       15001, 15002, 15003,
    15007, 15008, 15011, 15012, 15020, 15027, 15037, 0x80070005, 14};

/// The log service itself says with these that the log was cleared, replaced, rolled over or
/// corrupt, or that an event is too large: an alert is right, though nothing was lost.
bool saysLoss(std::uint32_t code) {
  constexpr std::array<std::uint32_t, 6> codes{87, 1500, 1503, 1734, 15011, 15012};
  return std::find(codes.begin(), codes.end(), code) != codes.end();
}

}  // namespace

TEMPLATE_LIST_TEST_CASE("Records are delivered in order, each once", "", EveryBackend) {
  World<TestType> world;
  world.start();
  REQUIRE(world.drain());
  CHECK(world.takeHeard().empty());
  world.write({"a", "b", "c", "d", "e", "f", "g"});
  REQUIRE(world.drain());
  CHECK(world.takeHeard() == Names{"a", "b", "c", "d", "e", "f", "g"});
  REQUIRE(world.drain());
  world.write({"h"});
  REQUIRE(world.drain());
  CHECK(world.takeHeard() == Names{"h"});
  CHECK(world.losses.empty());
}

TEMPLATE_LIST_TEST_CASE("The first start looks back, and only the first", "", EveryBackend) {
  World<TestType> world;
  world.write({"old", "older"});
  const std::int64_t start = world.log.clock;
  world.write({"new"});
  world.start(start);
  REQUIRE(world.drain());
  CHECK(world.takeHeard() == Names{"new"});
  // A clock that is set back does not make later records too old.
  world.log.clock = 5;
  world.write({"clock set back"});
  REQUIRE(world.drain());
  CHECK(world.takeHeard() == Names{"clock set back"});
}

TEMPLATE_LIST_TEST_CASE(
    "The first start looks back, though it is stopped before the end of the log", "",
    EveryBackend) {
  World<TestType> world;
  for (int i = 0; i < 60; ++i)
    world.write({"old"});
  const std::int64_t start = world.log.clock;
  world.write({"new"});
  world.start(start);
  const auto first = world.reader->read();
  REQUIRE(first.has_value());
  CHECK(first->events.size() <= 1);
  world.saved = first->cursor;
  world.start(start + 1000);
  REQUIRE(world.drain());
  CHECK(world.takeHeard() == (first->events.empty() ? Names{"new"} : Names{}));
  // A clock that is set back does not make later records too old.
  world.log.clock = 5;
  world.start(start);
  world.write({"clock set back"});
  REQUIRE(world.drain());
  CHECK(world.takeHeard() == Names{"clock set back"});
}

TEMPLATE_LIST_TEST_CASE("What was written while stopped is delivered at the next start", "",
                        EveryBackend) {
  World<TestType> world;
  world.write({"a", "b"});
  world.start();
  REQUIRE(world.drain());
  world.write({"c"});
  world.log.writeOther();
  world.write({"d", "e", "f"});
  world.start(world.log.clock + 1000);  // looking back is for the first start only
  REQUIRE(world.drain());
  CHECK(world.takeHeard() == Names{"a", "b", "c", "d", "e", "f"});
  world.start();
  REQUIRE(world.drain());
  CHECK(world.takeHeard().empty());
  CHECK(world.losses.empty());
}

TEMPLATE_LIST_TEST_CASE("A start on an empty log misses nothing that comes", "", EveryBackend) {
  World<TestType> world;
  world.start();
  REQUIRE(world.drain());
  world.write({"a"});
  world.start(world.log.clock + 1000);
  REQUIRE(world.drain());
  CHECK(world.takeHeard() == Names{"a"});
}

TEMPLATE_LIST_TEST_CASE("A clear while running is told once, and what follows is delivered", "",
                        EveryBackend) {
  World<TestType> world;
  world.write({"a", "b", "c"});
  world.start();
  REQUIRE(world.drain());
  world.heard.clear();
  world.log.clear(TestType::numbersGoOn);
  Names expected{"d"};
  SECTION("empty at first") {
    REQUIRE(world.drain());
    CHECK(world.losses.size() == 1);
    REQUIRE(world.drain());
    world.write({"d"});
  }
  SECTION("written to at once") {
    world.write({"d"});
  }
  SECTION("written to beyond the old end") {
    expected = {"d", "e", "f", "g", "h", "i"};
    world.write(expected);
  }
  REQUIRE(world.drain());
  CHECK(world.takeHeard() == expected);
  CHECK(world.losses.size() == 1);
  world.start();
  REQUIRE(world.drain());
  CHECK(world.heard.empty());
  CHECK(world.losses.size() == 1);
}

TEMPLATE_LIST_TEST_CASE("A clear while stopped is told once, and what follows is delivered", "",
                        EveryBackend) {
  World<TestType> world;
  world.write({"a", "b", "c"});
  world.start();
  REQUIRE(world.drain());
  world.heard.clear();
  world.log.clear(TestType::numbersGoOn);
  const bool further = GENERATE(false, true);
  const Names expected = further ? Names{"d", "e", "f", "g"} : Names{"d", "e"};
  world.write(expected);
  world.start();
  REQUIRE(world.drain());
  CHECK(world.takeHeard() == expected);
  CHECK(world.losses.size() == 1);
  world.start();
  REQUIRE(world.drain());
  CHECK(world.heard.empty());
  CHECK(world.losses.size() == 1);
}

TEMPLATE_LIST_TEST_CASE("Overwritten unread records are counted, read ones are not missed", "",
                        EveryBackend) {
  World<TestType> world;
  world.write({"a", "b", "c"});
  world.start();
  REQUIRE(world.drain());
  world.heard.clear();
  const bool running = GENERATE(true, false);
  world.write({"d", "e", "f"});
  world.log.overwrite(5);  // a to e
  if (!running)
    world.start();
  REQUIRE(world.drain());
  CHECK(world.takeHeard() == Names{"f"});
  REQUIRE(world.losses.size() == 1);
  CHECK(world.losses[0].fromRecord == 4);
  CHECK(world.losses[0].toRecord == 5);
  world.losses.clear();
  world.start();
  REQUIRE(world.drain());
  CHECK(world.heard.empty());
  CHECK(world.losses.empty());
}

TEMPLATE_LIST_TEST_CASE("A wrap over what has been read loses nothing", "", EveryBackend) {
  World<TestType> world;
  world.write({"a", "b", "c"});
  world.start();
  REQUIRE(world.drain());
  world.heard.clear();
  const bool running = GENERATE(true, false);
  world.write({"d", "e"});
  world.log.overwrite(2);
  if (!running)
    world.start();
  REQUIRE(world.drain());
  CHECK(world.takeHeard() == Names{"d", "e"});
  CHECK(world.losses.empty());
}

TEMPLATE_LIST_TEST_CASE("The log service may be away for any time", "", EveryBackend) {
  World<TestType> world;
  const std::uint32_t code = GENERATE(as<std::uint32_t>(), 1722, 1717, 1753, 1818, 6, 5, 15007, 31);
  world.log.stopService(code);
  world.start();
  CHECK_FALSE(world.drain());
  CHECK_FALSE(world.drain());
  world.log.startService();
  world.write({"a"});
  REQUIRE(world.drain());
  world.log.stopService(code);
  CHECK_FALSE(world.drain());
  CHECK_FALSE(world.drain());
  world.log.startService();
  world.write({"b", "c"});
  REQUIRE(world.drain());
  CHECK(world.takeHeard() == Names{"a", "b", "c"});
  CHECK(world.losses.empty());
}

TEMPLATE_LIST_TEST_CASE("A restart of the log service that nobody noticed loses nothing", "",
                        EveryBackend) {
  World<TestType> world;
  world.write({"a"});
  world.start();
  REQUIRE(world.drain());
  world.log.stopService(1722);
  world.log.startService();  // what was open before is a stale handle: 6
  world.write({"b"});
  world.wake();
  CHECK(world.takeHeard() == Names{"a", "b"});
  CHECK(world.losses.empty());
}

TEMPLATE_LIST_TEST_CASE("Any error at any call loses and doubles nothing", "", EveryBackend) {
  const int times = GENERATE(1, 2, 3);
  for (const std::uint32_t code : everyCode) {
    for (int call = 1, reached = 1; reached >= call; ++call) {
      CAPTURE(code, call, times);
      World<TestType> world;
      world.log.failCalls(call, code, times);
      world.write({"a", "b", "c", "d"});
      world.start();
      world.wake();
      world.log.writeOther();
      world.write({"e", "f"});
      world.wake();
      world.start();
      world.write({"g"});
      world.wake();
      world.wake();
      reached = world.log.calls();
      REQUIRE(reached > 10);  // otherwise the log does not count, and nothing has failed
      REQUIRE(world.heard == Names{"a", "b", "c", "d", "e", "f", "g"});
      if (!saysLoss(code))
        REQUIRE(world.losses.empty());
    }
  }
}

TEMPLATE_LIST_TEST_CASE("Any error around a clear delivers what follows it exactly once", "",
                        EveryBackend) {
  for (const std::uint32_t code : everyCode) {
    for (int call = 1, reached = 1; reached >= call; ++call) {
      CAPTURE(code, call);
      World<TestType> world;
      world.write({"a", "b"});
      world.start();
      REQUIRE(world.drain());
      world.heard.clear();
      world.log.clear(TestType::numbersGoOn);
      world.write({"c", "d", "e"});
      const int before = world.log.calls();
      world.log.failCalls(call, code, 1);
      world.wake();
      reached = world.log.calls() - before;
      REQUIRE(reached > 3);
      REQUIRE(world.heard == Names{"c", "d", "e"});
      REQUIRE_FALSE(world.losses.empty());
    }
  }
}

TEMPLATE_LIST_TEST_CASE("Any error after a wrap delivers what is left exactly once", "",
                        EveryBackend) {
  for (const std::uint32_t code : everyCode) {
    for (int call = 1, reached = 1; reached >= call; ++call) {
      CAPTURE(code, call);
      World<TestType> world;
      world.write({"a", "b"});
      world.start();
      REQUIRE(world.drain());
      world.heard.clear();
      world.write({"c", "d", "e"});
      world.log.overwrite(3);
      const int before = world.log.calls();
      world.log.failCalls(call, code, 1);
      world.wake();
      reached = world.log.calls() - before;
      REQUIRE(reached > 3);
      REQUIRE(world.heard == Names{"d", "e"});
      REQUIRE(std::any_of(world.losses.begin(), world.losses.end(), [](const Loss& loss) {
        return loss.fromRecord == 3 && loss.toRecord == 3;
      }));
    }
  }
}

TEMPLATE_LIST_TEST_CASE("An error that stays is returned, not looped on", "", EveryBackend) {
  for (const std::uint32_t code :
       {5U, 6U, 38U, 87U, 1168U, 1500U, 1503U, 1722U, 1734U, 15011U, 15012U}) {
    CAPTURE(code);
    World<TestType> world;
    world.write({"a"});
    world.start();
    world.log.failCalls(1, code, 5000);
    for (int i = 0; i < 3; ++i)
      CHECK_FALSE(world.drain());
    CHECK(world.heard.empty());
    CHECK(world.log.calls() < 200);
  }
}

TEMPLATE_LIST_TEST_CASE("A cursor of the other backend is used for its time and record only", "",
                        EveryBackend) {
  World<TestType> world;
  Cursor other;
  other.api = "elsewhere";
  other.hash = 5;
  other.epoch = 2;
  other.newestSeen = 4'000'000;
  world.write({"a"});
  const std::int64_t second = world.log.clock;
  world.write({"b"});
  world.log.clock = second;
  world.write({"c"});
  world.log.clock = second;
  world.write({"d"});
  other.timeWritten = second;
  Names expected;
  SECTION("of those written in its second, those behind its record are new") {
    other.recordNumber = 3;
    expected = {"d"};
  }
  SECTION("a record that is not in the log is no sign of a loss") {
    other.recordNumber = 4'000'000;
  }
  world.saved = other;
  world.start(world.log.clock + 1000);
  REQUIRE(world.drain());
  CHECK(world.takeHeard() == expected);
  CHECK(world.saved->recordNumber == 4);
  CHECK(world.losses.empty());
  // Nobody knows whether it is still the same log: what a repair of its epoch has seen is not old
  // by its record number.
  CHECK(world.saved->epoch == 3);
  world.log.clock = second;
  world.write({"e"});
  REQUIRE(world.drain());
  CHECK(world.takeHeard() == Names{"e"});
}

TEMPLATE_LIST_TEST_CASE("What the other backend has delivered stays left out after a stop", "",
                        EveryBackend) {
  World<TestType> world;
  Cursor other;
  other.api = "elsewhere";
  other.hash = 5;
  const std::int64_t second = world.log.clock;
  for (int i = 0; i < 40; ++i) {
    world.log.clock = second;
    world.write({"delivered"});
  }
  other.timeWritten = second;
  other.recordNumber = 40;
  world.saved = other;
  world.start();
  const auto first = world.reader->read();
  REQUIRE(first.has_value());
  CHECK(first->events.empty());
  world.saved = first->cursor;
  world.start();
  REQUIRE(world.drain());
  CHECK(world.heard.empty());
  world.write({"new"});
  REQUIRE(world.drain());
  CHECK(world.heard == Names{"new"});
}
