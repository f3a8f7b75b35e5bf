// What both backends promise, tried on both: each record once and in order, whatever fails at
// whatever call.
#include "tests/support/fake_event_log.h"

#include <catch2/catch.hpp>

#include <memory>

using namespace imshealth;
using namespace imshealth::test;

namespace {

struct Classic {
  using Api = FakeClassicApi;
  using Reader = ClassicReader;
  static constexpr bool numbersGoOn = false;
};
/// The classic API on Vista and later.
struct ClassicOnVista : Classic {
  static constexpr bool numbersGoOn = true;
};
struct Winevt {
  using Api = FakeWinevtApi;
  using Reader = WinevtReader;
  static constexpr bool numbersGoOn = true;
};

/// A log, a reader of it, and what has been heard so far.
template <class Backend>
struct World {
  FakeLog log;
  typename Backend::Api api{log};
  std::unique_ptr<typename Backend::Reader> reader;
  std::optional<Cursor> saved;
  std::vector<std::string> heard;
  std::vector<Loss> losses;
  int errors = 0;

  void start(std::int64_t lookBackStart = 0) {
    reader.reset();
    reader = std::make_unique<typename Backend::Reader>(api, saved, lookBackStart);
  }
  /// One wake-up: reads to the end, saving the cursor as the engine does. False: an error.
  bool drain() {
    for (int i = 0; i < 1000; ++i) {
      const auto delivery = reader->read();
      if (!delivery) {
        ++errors;
        return false;
      }
      for (const LogEvent& event : delivery->events) {
        if (event.source == "Perflib") {
          heard.push_back(event.strings.at(0));
        }
      }
      losses.insert(losses.end(), delivery->losses.begin(), delivery->losses.end());
      saved = delivery->cursor;
      if (!delivery->more) {
        return true;
      }
    }
    FAIL("reading does not come to an end");
    return false;
  }
  void write(const std::vector<std::string>& names) {
    for (const std::string& name : names) {
      log.write(name);
    }
  }
  std::vector<std::string> takeHeard() { return std::exchange(heard, {}); }
  std::vector<Loss> takeLosses() { return std::exchange(losses, {}); }
};

using Names = std::vector<std::string>;

}  // namespace

TEMPLATE_TEST_CASE("Records are delivered in order, each once", "", Classic, Winevt) {
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

TEMPLATE_TEST_CASE("The first start looks back, and only the first", "", Classic, Winevt) {
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

TEMPLATE_TEST_CASE("What was written while stopped is delivered at the next start", "", Classic,
                   Winevt) {
  World<TestType> world;
  world.write({"a", "b"});
  world.start();
  REQUIRE(world.drain());
  world.write({"c"});
  world.log.write("noise", false);
  world.write({"d", "e", "f"});
  world.start(world.log.clock + 1000);  // looking back is for the first start only
  REQUIRE(world.drain());
  CHECK(world.takeHeard() == Names{"a", "b", "c", "d", "e", "f"});
  world.start();
  REQUIRE(world.drain());
  CHECK(world.takeHeard().empty());
  CHECK(world.losses.empty());
}

TEMPLATE_TEST_CASE("A start on an empty log misses nothing that comes", "", Classic, Winevt) {
  World<TestType> world;
  world.start();
  REQUIRE(world.drain());
  world.write({"a"});
  world.start(world.log.clock + 1000);
  REQUIRE(world.drain());
  CHECK(world.takeHeard() == Names{"a"});
}

TEMPLATE_TEST_CASE("A clear while running is told, and what follows is delivered", "", Classic,
                   ClassicOnVista, Winevt) {
  World<TestType> world;
  world.write({"a", "b", "c"});
  world.start();
  REQUIRE(world.drain());
  const std::uint32_t epoch = world.saved->epoch;
  world.log.clear(TestType::numbersGoOn);
  SECTION("empty at first") {
    REQUIRE(world.drain());
    CHECK(world.takeLosses().size() == 1);
    REQUIRE(world.drain());
    CHECK(world.takeLosses().empty());
    world.write({"d"});
  }
  SECTION("written to at once") {
    world.write({"d"});
  }
  SECTION("written to beyond the old end") {
    world.write({"d", "e", "f", "g", "h", "i"});
  }
  world.heard.clear();
  const Names expected =
      world.log.records.size() == 1 ? Names{"d"} : Names{"d", "e", "f", "g", "h", "i"};
  REQUIRE(world.drain());
  CHECK(world.takeHeard() == expected);
  CHECK(world.losses.size() <= 1);
  CHECK((world.losses.size() == 1 || world.saved->epoch > epoch));
  world.takeLosses();
  REQUIRE(world.drain());
  CHECK(world.heard.empty());
  CHECK(world.losses.empty());
}

TEMPLATE_TEST_CASE("A clear while stopped is told, and what follows is delivered", "", Classic,
                   ClassicOnVista, Winevt) {
  World<TestType> world;
  world.write({"a", "b", "c"});
  world.start();
  REQUIRE(world.drain());
  world.heard.clear();
  world.log.clear(TestType::numbersGoOn);
  const bool further = GENERATE(false, true);
  world.write({"d", "e"});
  if (further) {
    world.write({"f", "g"});
  }
  world.start();
  REQUIRE(world.drain());
  CHECK(world.takeHeard() == (further ? Names{"d", "e", "f", "g"} : Names{"d", "e"}));
  // The classic log after a clear on Vista: the numbers go on without a gap, nothing tells it from
  // a wrap that overwrote what had been read.
  CHECK(world.losses.size() == (std::is_same_v<TestType, ClassicOnVista> ? 0 : 1));
}

TEMPLATE_TEST_CASE("Overwritten unread records are counted, read ones are not missed", "", Classic,
                   Winevt) {
  World<TestType> world;
  world.write({"a", "b", "c"});
  world.start();
  REQUIRE(world.drain());
  world.heard.clear();
  const bool running = GENERATE(true, false);
  world.write({"d", "e", "f"});
  world.log.overwrite(5);  // a to e
  if (!running) {
    world.start();
  }
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

TEMPLATE_TEST_CASE("A wrap over what has been read loses nothing", "", Classic, Winevt) {
  World<TestType> world;
  world.write({"a", "b", "c"});
  world.start();
  REQUIRE(world.drain());
  world.heard.clear();
  world.write({"d", "e"});
  world.log.overwrite(2);
  world.start();
  REQUIRE(world.drain());
  CHECK(world.takeHeard() == Names{"d", "e"});
  CHECK(world.losses.empty());
}

TEMPLATE_TEST_CASE("The log service may be away for any time", "", Classic, Winevt) {
  World<TestType> world;
  const std::uint32_t code = GENERATE(as<std::uint32_t>(), 1722, 1717, 1818, 6, 5, 15007, 31);
  world.log.serviceError = code;
  world.start();
  CHECK_FALSE(world.drain());
  CHECK_FALSE(world.drain());
  world.log.serviceError = 0;
  world.write({"a"});
  REQUIRE(world.drain());
  world.log.serviceError = code;
  world.write({"b"});
  CHECK_FALSE(world.drain());
  CHECK_FALSE(world.drain());
  world.write({"c"});
  world.log.serviceError = 0;
  REQUIRE(world.drain());
  CHECK(world.takeHeard() == Names{"a", "b", "c"});
  CHECK(world.losses.empty());
}

TEMPLATE_TEST_CASE("Any error at any call loses and doubles nothing", "", Classic, ClassicOnVista,
                   Winevt) {
  const std::uint32_t code =
      GENERATE(as<std::uint32_t>(), 2, 5, 6, 8, 31, 38, 87, 122, 259, 1168, 1500, 1502, 1503, 1717,
               1722, 1734, 1818, 4317, 15007, 15008, 15011, 15012, 15037, 0x80070005);
  const int broken = GENERATE(range(1, 40));
  const bool twice = GENERATE(false, true);
  CAPTURE(code, broken, twice);
  World<TestType> world;
  world.log.faults[broken] = code;
  if (twice) {
    world.log.faults[broken + 1] = code;
  }
  const auto wake = [&] {
    // The engine comes back after an error, and once a minute.
    for (int i = 0; i < 4 && !world.drain(); ++i) {
    }
    world.drain();
  };
  world.write({"a", "b", "c", "d"});
  world.start();
  wake();
  world.log.write("noise", false);
  world.write({"e", "f"});
  wake();
  world.start();
  world.write({"g"});
  wake();
  wake();
  CHECK(world.heard == Names{"a", "b", "c", "d", "e", "f", "g"});
}

TEMPLATE_TEST_CASE("Any error around a clear delivers what follows it exactly once", "", Classic,
                   Winevt) {
  const std::uint32_t code =
      GENERATE(as<std::uint32_t>(), 6, 38, 87, 1168, 1500, 1503, 1722, 1734, 15011);
  const int later = GENERATE(range(1, 14));
  CAPTURE(code, later);
  World<TestType> world;
  world.write({"a", "b"});
  world.start();
  REQUIRE(world.drain());
  world.heard.clear();
  world.log.clear(TestType::numbersGoOn);
  world.write({"c", "d", "e"});
  world.log.faults[world.log.calls + later] = code;
  for (int i = 0; i < 5; ++i) {
    world.drain();
  }
  CHECK(world.heard == Names{"c", "d", "e"});
  CHECK_FALSE(world.losses.empty());
}

TEMPLATE_TEST_CASE("An error that stays is returned, not looped on", "", Classic, Winevt) {
  World<TestType> world;
  world.write({"a"});
  world.start();
  const std::uint32_t code =
      GENERATE(as<std::uint32_t>(), 6, 38, 87, 1168, 1500, 1503, 1734, 15011, 15012);
  for (int call = 1; call < 500; ++call) {
    world.log.faults[call] = code;
  }
  for (int i = 0; i < 3; ++i) {
    world.drain();
  }
  CHECK(world.heard.empty());
  CHECK(world.log.calls < 200);
}

TEMPLATE_TEST_CASE("A cursor of the other backend is used for its time only", "", Classic, Winevt) {
  World<TestType> world;
  world.write({"a", "b"});
  Cursor other;
  other.api = "elsewhere";
  other.recordNumber = 4'000'000;
  other.hash = 5;
  other.timeWritten = world.log.clock;
  world.write({"c"});
  world.saved = other;
  world.start(world.log.clock + 1000);
  REQUIRE(world.drain());
  CHECK(world.heard == Names{"c"});
  CHECK(world.saved->recordNumber == 3);
  CHECK(world.losses.empty());
}
