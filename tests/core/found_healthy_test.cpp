// Failures that go on being logged although the server is in order: looked at, and told, now and
// then.
#include "core/found_healthy.h"

#include "tests/core/world.h"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace imshealth;
using namespace imshealth::testing;
using namespace std::chrono_literals;
using Ids = std::vector<std::uint16_t>;

namespace {

constexpr Milliseconds coolDown = 15min;

struct ForgedFailures {
  SimulatedServer server;
  Program program{server, policyFor(Mode::repair)};

  /// Every ten seconds one 1008; the check of each minute is made too.
  void goOn(std::chrono::minutes time) {
    for (std::chrono::seconds passed{0}; passed < time; passed += 10s) {
      server.logOpenFailure();
      program.listen();
      server.advance(10s);
      if ((passed / 10s) % 6 == 5) {
        program.monitor.safetyCheck();
        server.run();
      }
    }
  }
};

}  // namespace

TEST_CASE("The first three times it is looked at and told at once, then once a minute") {
  FoundHealthy found;
  Time now = timeFromSeconds(1'000'000);
  for (int i = 0; i < FoundHealthy::looksAtOnce; ++i, now += 2s) {
    CHECK(found.isToBeLookedAt("MSExchangeIMC", now));
    CHECK(found.note("MSExchangeIMC", now, coolDown));
  }
  CHECK_FALSE(found.isToBeLookedAt("msexchangeimc", now));
  CHECK(found.isToBeLookedAt("Other", now));
  now += FoundHealthy::betweenLooks;
  CHECK(found.isToBeLookedAt("MSExchangeIMC", now));
  CHECK_FALSE(found.note("MSExchangeIMC", now, coolDown));
  CHECK_FALSE(found.isToBeLookedAt("MSExchangeIMC", now + 59s));
  SECTION("a finding ends that") {
    found.forget("MSExchangeIMC");
    CHECK(found.isToBeLookedAt("MSExchangeIMC", now + 1s));
    CHECK(found.note("MSExchangeIMC", now + 1s, coolDown));
  }
  SECTION("so does a cool-down without a failure") {
    CHECK(found.note("MSExchangeIMC", now + coolDown, coolDown));
    CHECK(found.isToBeLookedAt("MSExchangeIMC", now + coolDown));
  }
  SECTION("so does a clock that is set back") {
    CHECK(found.isToBeLookedAt("MSExchangeIMC", now - 1h));
    CHECK(found.note("MSExchangeIMC", now - 1h, coolDown));
  }
  SECTION("while failures go on it is told once in a cool-down") {
    int told = 0;
    for (int minute = 0; minute < 60; ++minute) {
      now += 1min;
      told += found.note("MSExchangeIMC", now, coolDown) ? 1 : 0;
    }
    CHECK(told == 4);
  }
}

TEST_CASE_METHOD(ForgedFailures, "Forged failures fill neither the log nor the processor") {
  server.run();
  goOn(60min);
  const Ids ids = server.alertIds();
  CHECK(std::ranges::count(ids, 206) == static_cast<std::ptrdiff_t>(ids.size()));
  CHECK(ids.size() <= 3 + 4);
  CHECK(server.probes <= 3 + 60);
  CHECK(program.state.read()->limits.empty());
}

TEST_CASE_METHOD(ForgedFailures, "A fault behind forged failures is repaired within two minutes") {
  server.run();
  goOn(10min);
  server.alerts.clear();
  server.breakCounters();
  goOn(2min);
  Ids ids = server.alertIds();
  ids.resize(3);
  CHECK(ids == Ids{200, 201, 202});
}

TEST_CASE_METHOD(ForgedFailures, "A fault that fails once behind them is not forgotten") {
  server.run();
  goOn(1min);
  server.alerts.clear();
  server.breakCounters();
  server.logOpenFailure();
  program.listen();
  CHECK(server.alertIds() == Ids{});
  REQUIRE(program.state.read()->incidents.size() == 1);
  SECTION("by the check of each minute") {
    server.advance(1min);
    program.monitor.safetyCheck();
    server.run();
    CHECK(server.alertIds() == Ids{200, 201, 202});
  }
  SECTION("by a start") {
    Program next(server, policyFor(Mode::repair));
    server.run();
    CHECK(server.alertIds() == Ids{200, 201, 202});
  }
}

TEST_CASE_METHOD(ForgedFailures, "The end of an incident that was told is told each time") {
  server.run();
  goOn(1min);
  for (int i = 0; i < 5; ++i) {
    server.alerts.clear();
    server.advance(1min);
    server.worldWritable.insert(libraryPath);
    server.logOpenFailure();
    program.listen();
    program.monitor.safetyCheck();
    server.run();
    REQUIRE(server.alertIds() == Ids{200, 204});
    server.worldWritable.clear();
    server.advance(coolDown);
    server.logOpenFailure();
    program.listen();
    CHECK(server.alertIds() == Ids{200, 204, 206});
  }
}

TEST_CASE("A service is healthy again and again from the third time on, for a cool-down") {
  FoundHealthy found;
  const Time now = timeFromSeconds(1'000'000);
  for (int i = 0; i < FoundHealthy::looksAtOnce; ++i) {
    CHECK_FALSE(found.isHealthyAgainAndAgain("MSExchangeIMC", now, coolDown));
    (void)found.note("MSExchangeIMC", now, coolDown);
  }
  CHECK(found.isHealthyAgainAndAgain("msexchangeimc", now, coolDown));
  CHECK(found.isHealthyAgainAndAgain("msexchangeimc", now + coolDown - 1s, coolDown));
  CHECK_FALSE(found.isHealthyAgainAndAgain("msexchangeimc", now + coolDown, coolDown));
  CHECK_FALSE(found.isHealthyAgainAndAgain("Other", now, coolDown));
}

TEST_CASE("Services that are healthy again and again are no machine-wide fault") {
  SimulatedServer server;
  Policy policy = policyFor(Mode::repair);
  for (const char* service : {"MSExchangeDS", "MSExchangeIS"}) {
    policy.watch.push_back(policy.watch.front());
    policy.watch.back().counterService = service;
    policy.watch.back().counterFile = std::string(service) + ".ini";
    server.addHealthy(service);
  }
  Program program(server, policy);
  server.run();
  for (int time = 0; time < 90; ++time) {
    server.logOpenFailure(policy.watch[static_cast<std::size_t>(time) % 3].counterService);
    program.listen();
    server.advance(10s);
    if (time % 6 == 5) {
      program.monitor.safetyCheck();
      server.run();
    }
  }
  CHECK(server.alertIds().size() >= 3 * FoundHealthy::looksAtOnce);
  CHECK(std::ranges::all_of(server.alertIds(), [](std::uint16_t id) { return id == 206; }));
}

TEST_CASE_METHOD(ForgedFailures, "A fault behind forged failures is judged by its own status") {
  server.run();
  goOn(1min);
  server.alerts.clear();
  server.logOpenFailure("MSExchangeIMC", 2);
  program.listen();
  server.advance(5s);
  server.logOpenFailure("MSExchangeIMC", 5);  // access denied: seen from the event alone
  program.listen();
  server.advance(1min);
  program.monitor.safetyCheck();
  server.run();
  CHECK(server.alertIds() == Ids{200, 204});
}
