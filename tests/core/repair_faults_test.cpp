// Every port call of a repair fails, and the program is killed at every one of them: afterwards the
// server is repaired or exactly as before, an alert exists, and no other service's counters have
// moved.
#include "tests/core/world.h"

#include <catch2/catch.hpp>

#include <random>

using namespace imshealth;
using namespace imshealth::testing;

namespace {

// Under the sanitizer a run takes twenty times as long: it sees every fourth call and some
// combinations, the build without it sees them all.
#if defined(__SANITIZE_ADDRESS__)
constexpr int stride = 4, combinations = 300;
#else
constexpr int stride = 1, combinations = 6000;
#endif

enum class Damage { countersBroken, countersGone, libraryGone, unregistered };
enum class Fault { failOnce, failOnwards, killBefore, killAfter };

struct Scenario {
  Damage damage = Damage::countersBroken;
  Behaviour behaviour;
  Fault fault = Fault::failOnce;
  int call = 0;
};

void arrange(SimulatedServer& server, Damage damage) {
  switch (damage) {
    case Damage::countersBroken: server.breakCounters(); break;
    case Damage::countersGone: server.removeCounters(); break;
    case Damage::libraryGone: server.deleteLibrary(); break;
    case Damage::unregistered: server.unregisterLibrary(); break;
  }
}

bool isWhole(SimulatedServer& server) {
  return server.files.contains(libraryPath) && server.performanceKey(imcKey)->indexValues() == 4 &&
         server.performanceKey(imcKey)->library &&
         violationsOf(*server.indexSpace(), imcKey).empty();
}

/// Runs until the program ends by itself or is killed.
bool runProgram(SimulatedServer& server, const Policy& policy) {
  try {
    Program program(server, policy);
    program.listen();
    program.monitor.safetyCheck();  // the minute after
    server.run();
    return true;
  } catch (const Killed&) {
    return false;
  }
}

Policy repairPolicy() {
  Policy policy = policyFor(Mode::repair);
  policy.watch.front().trustedCopy = "D:\\Recovery\\imsperf.dll";
  return policy;
}

/// Number of port calls of the whole run; 0 where nothing fails.
int play(const Scenario& scenario) {
  auto server = std::make_unique<SimulatedServer>();
  arrange(*server, scenario.damage);
  server->behaviour = scenario.behaviour;
  const ServerContents before = server->contents();
  const IndexSpace spaceBefore = *server->indexSpace();
  const Policy policy = repairPolicy();
  server->calls = 0;
  server->logOpenFailure();
  switch (scenario.fault) {
    case Fault::failOnce: server->failAtCall = scenario.call; break;
    case Fault::failOnwards:
      server->failAtCall = scenario.call;
      server->failOnwards = scenario.call != 0;
      break;
    case Fault::killBefore: server->killAtCall = scenario.call; break;
    case Fault::killAfter: server->killAfterCall = scenario.call; break;
  }
  bool ended = runProgram(*server, policy);
  const int calls = server->calls;
  // The disturbance is over; the service manager starts the program again.
  server->failAtCall = server->killAtCall = server->killAfterCall = 0;
  server->failOnwards = false;
  for (int start = 0; start < 3 && (!ended || start == 0); ++start) {
    server->advance(std::chrono::minutes(1));
    ended = runProgram(*server, policy);
  }
  const ServerContents after = server->contents();
  INFO("damage " << static_cast<int>(scenario.damage) << ", fault "
                 << static_cast<int>(scenario.fault) << " at call " << scenario.call << " of "
                 << calls);
  INFO("alerts " << Catch::Detail::stringify(server->alertIds()));
  INFO("tools " << Catch::Detail::stringify(server->toolsRun));
  std::string said;
  for (const Alert& alert : server->alerts) {
    for (const std::string& text : alert.strings) {
      said += text + " | ";
    }
    said += "\n";
  }
  INFO(said);
  REQUIRE(ended);
  REQUIRE((isWhole(*server) || after == before));
  REQUIRE_FALSE(server->alerts.empty());
  REQUIRE(changesToOthers(spaceBefore, *server->indexSpace(), imcKey).empty());
  const State state = *StateKeeper(*server).read();
  REQUIRE_FALSE(state.journal);
  // A repair that was begun is told the end of, and counted, whenever the program ends.
  const auto ids = server->alertIds();
  const auto said201 = std::ranges::count(ids, 201);
  REQUIRE((said201 == 0 || std::ranges::count(ids, 202) + std::ranges::count(ids, 203) > 0));
  const auto end =
      std::find_if(server->alerts.rbegin(), server->alerts.rend(),
                   [](const Alert& alert) { return alert.id == 202 || alert.id == 203; });
  if (end != server->alerts.rend() && end->id == 202) {
    REQUIRE(isWhole(*server));
  } else if (end != server->alerts.rend() && end->strings[3] == "yes") {
    REQUIRE(after == before);
  }
  if (const auto limits = state.limits.find(imcKey); limits != state.limits.end()) {
    REQUIRE((limits->second.attempts.empty() || limits->second.lastAttemptEnd));
    REQUIRE((limits->second.attempts.empty() || state.lastRepairs.contains(imcKey)));
  }
  return calls;
}

}  // namespace

TEST_CASE("Any port call of a repair may fail, and the program may end at any of them") {
  for (const Damage damage :
       {Damage::countersBroken, Damage::countersGone, Damage::libraryGone, Damage::unregistered}) {
    const int calls =
        play({.damage = damage, .behaviour = {}, .fault = Fault::failOnce, .call = 0});
    REQUIRE(calls > 40);
    for (const Fault fault :
         {Fault::failOnce, Fault::failOnwards, Fault::killBefore, Fault::killAfter}) {
      for (int call = 1; call <= calls + 20; call += stride) {
        play({.damage = damage, .behaviour = {}, .fault = fault, .call = call});
      }
    }
  }
}

TEST_CASE("Faults on a server whose tools and library misbehave as well") {
  std::mt19937 random(19970704);
  const auto oneIn = [&random](unsigned n) { return random() % n == 0; };
  for (int i = 0; i < combinations; ++i) {
    Scenario scenario;
    scenario.damage = static_cast<Damage>(random() % 4);
    scenario.fault = static_cast<Fault>(random() % 4);
    scenario.call = static_cast<int>(random() % 140);
    scenario.behaviour.unlodctrDoesNothing = oneIn(8);
    scenario.behaviour.unlodctrHangs = oneIn(8);
    scenario.behaviour.lodctrDoesNothing = oneIn(6);
    scenario.behaviour.lodctrFails = oneIn(4);
    scenario.behaviour.lodctrLeavesTexts = oneIn(2);
    scenario.behaviour.lodctrHangs = oneIn(8);
    scenario.behaviour.lodctrLeavesHalfAFile = oneIn(2);
    scenario.behaviour.regsvr32Hangs = oneIn(10);
    scenario.behaviour.regsvr32Exit = oneIn(4) ? 5 : 0;
    scenario.behaviour.unlodctrExit = oneIn(4) ? 2 : 0;
    scenario.behaviour.openStatus = oneIn(8) ? 1003 : 0;
    scenario.behaviour.failsAgainWhileWatched = oneIn(8);
    scenario.behaviour.loadPerfSource = !oneIn(8);
    INFO("seeded combination " << i);
    play(scenario);
  }
}
