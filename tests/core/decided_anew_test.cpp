// Failures that never cease: their incident does not end by itself, so what was decided is looked
// at again when its time has come, when the policy changes, and once in a cool-down.
#include "tests/core/world.h"

#include <catch2/catch.hpp>

using namespace imshealth;
using namespace imshealth::testing;
using namespace std::chrono_literals;
using Ids = std::vector<std::uint16_t>;

namespace {

/// A program goes on asking for counters that are broken.
struct GoesOnFailing {
  SimulatedServer server;
  Policy policy = policyFor(Mode::repair);
  std::optional<Program> program;

  GoesOnFailing() { server.breakCounters(); }

  void start() {
    program.emplace(server, policy);
    server.run();
  }
  void fail(std::uint32_t status = 2) {
    server.logOpenFailure("MSExchangeIMC", status);
    program->listen();
  }
  void failTogether(std::initializer_list<const char*> services) {
    for (const char* service : services) {
      server.logOpenFailure(service);
    }
    program->listen();
  }
  void watchAlso(std::initializer_list<const char*> services) {
    for (const char* service : services) {
      policy.watch.push_back(policy.watch.front());
      policy.watch.back().counterService = service;
    }
  }
  /// A failure each five minutes.
  void goOn(std::chrono::minutes time, std::uint32_t status = 2) {
    for (std::chrono::minutes passed{0}; passed < time; passed += 5min) {
      server.advance(5min);
      fail(status);
      program->monitor.safetyCheck();
      server.run();
    }
  }
  void repairByHand() {
    RepairByHand command(server, policy);
    testing::start(server, command.run());
    server.run();
    REQUIRE(command.outcome.has_value());
    INFO(command.outcome->failedStep + ": " + command.outcome->reason);
    REQUIRE(command.outcome->result == RepairOutcome::Result::repaired);
  }
  void adopt(Policy changed) {
    policy = std::move(changed);
    program->monitor.adopt(policy, {});
    server.run();
  }
  /// The words of the decisions that were told (200).
  std::vector<std::string> told() const {
    std::vector<std::string> words;
    for (const Alert& alert : server.alerts) {
      if (alert.id == 200) {
        words.push_back(alert.strings[3]);
      }
    }
    return words;
  }
};

using Words = std::vector<std::string>;

}  // namespace

TEST_CASE_METHOD(GoesOnFailing,
                 "What waited for the maintenance window is repaired when it opens") {
  const LocalTime opens = server.local(server.now() + 3h);
  policy.maintenanceWindows = {
      {.days = 127, .fromMinute = opens.minuteOfDay, .toMinute = (opens.minuteOfDay + 60) % 1440}};
  start();
  fail();
  REQUIRE(server.alertIds() == Ids{200, 204});
  CHECK(told() == Words{"maintenanceWindow"});
  goOn(170min);
  CHECK(server.alertIds() == Ids{200, 204});  // told once
  goOn(10min);
  CHECK(server.alertIds() == Ids{200, 204, 200, 201, 202});
}

TEST_CASE_METHOD(GoesOnFailing, "What waited for the cool-down is repaired when it is over") {
  start();
  fail();
  REQUIRE(server.alertIds() == Ids{200, 201, 202});
  server.breakCounters();
  server.alerts.clear();
  goOn(10min);
  CHECK(server.alertIds() == Ids{200, 204});
  goOn(5min);
  CHECK(server.alertIds() == Ids{200, 204, 200, 201, 202});
}

TEST_CASE_METHOD(GoesOnFailing,
                 "One failure soon after a repair is repaired after the cool-down, between which "
                 "two checks that may be over") {
  // The cool-down and, later by `delay`, the incident are over between two checks.
  const Milliseconds delay = GENERATE(3s, 30s, 59s);
  const Milliseconds late = GENERATE(1s, 40s, 59s);
  CAPTURE(delay.count(), late.count());
  start();
  fail();
  REQUIRE(server.alertIds() == Ids{200, 201, 202});
  const Time repaired = program->state.read()->limits.at(imcKey).lastAttemptEnd.value();
  server.breakCounters();
  server.alerts.clear();
  server.now_ = repaired + delay;
  fail();
  const Time failed = server.now();
  REQUIRE(server.alertIds() == Ids{200, 204});
  server.now_ = repaired + 15min - 1s;
  program->monitor.safetyCheck();
  server.run();
  REQUIRE(server.alertIds() == Ids{200, 204});
  server.now_ = failed + 15min + late;
  program->monitor.safetyCheck();
  server.run();
  CHECK(server.alertIds() == Ids{200, 204, 200, 201, 202});
}

TEST_CASE_METHOD(GoesOnFailing, "What the pause held back is repaired when it has ended") {
  start();
  program->monitor.pause(true);
  fail();
  goOn(30min);
  CHECK(server.alertIds() == Ids{200, 204});
  program->monitor.pause(false);
  goOn(5min);
  CHECK(server.alertIds() == Ids{200, 204, 200, 201, 202});
}

TEST_CASE_METHOD(GoesOnFailing,
                 "A failed attempt is followed by the next after the cool-down, to the last") {
  server.behaviour.lodctrFails = true;
  start();
  fail();
  REQUIRE(server.alertIds() == Ids{200, 201, 203});
  goOn(10min);
  CHECK(server.alertIds() == Ids{200, 201, 203});
  goOn(60min);
  CHECK(server.alertIds() == Ids{200, 201, 203, 200, 201, 203, 200, 201, 203, 205});
  SECTION("and to none after that, but one after a person's reset") {
    goOn(120min);
    CHECK(server.alertIds().size() == 10);
    (void)program->state.update([](State& state) { reset(state.limits["MSExchangeIMC"]); });
    server.behaviour.lodctrFails = false;
    server.alerts.clear();
    goOn(5min);
    CHECK(server.alertIds() == Ids{200, 201, 202});
  }
}

TEST_CASE_METHOD(GoesOnFailing,
                 "A failed attempt after which all is quiet is not followed by another") {
  server.behaviour.lodctrFails = true;
  start();
  fail();
  REQUIRE(server.alertIds() == Ids{200, 201, 203});
  for (int minute = 0; minute < 60; ++minute) {
    server.advance(1min);
    program->monitor.safetyCheck();
    server.run();
  }
  CHECK(server.alertIds() == Ids{200, 201, 203});
  CHECK(program->state.read()->incidents.empty());
}

TEST_CASE_METHOD(GoesOnFailing, "What the mode held back is repaired when the policy allows it") {
  policy = policyFor(Mode::alert);
  start();
  fail();
  goOn(30min);
  CHECK(server.alertIds() == Ids{200});
  SECTION("while the service runs") {
    adopt(policyFor(Mode::repair));
    CHECK(server.alertIds() == Ids{200, 200, 201, 202});
  }
  SECTION("while it was stopped") {
    policy = policyFor(Mode::repair);
    start();
    server.advance(1min);
    program->monitor.safetyCheck();
    server.run();
    CHECK(server.alertIds() == Ids{200, 200, 201, 202});
  }
  SECTION("a start with the same policy is no news") {
    start();
    server.advance(1min);
    program->monitor.safetyCheck();
    server.run();
    CHECK(server.alertIds() == Ids{200});
  }
  SECTION("an incident that has ended while the service was stopped is not taken up by the mode") {
    policy = policyFor(Mode::repair);
    server.advance(15min);
    start();
    program->monitor.safetyCheck();
    server.run();
    CHECK(server.alertIds() == Ids{200});
    CHECK(program->state.read()->incidents.empty());
  }
  SECTION("a new policy that comes to the same is no news") {
    policy.limits.attempts = 2;
    adopt(policy);
    CHECK(server.alertIds() == Ids{200});
  }
}

TEST_CASE_METHOD(GoesOnFailing, "What a new policy only wants to be told of waits for no repair") {
  SECTION("though it waited for the cool-down") {
    start();
    fail();
    server.breakCounters();
    goOn(5min);
    REQUIRE(told() == Words{"repair", "coolDown"});
  }
  SECTION("though its repair has failed") {
    server.behaviour.lodctrFails = true;
    start();
    fail();
    REQUIRE(server.alertIds() == Ids{200, 201, 203});
  }
  SECTION("though it was paused") {
    start();
    program->monitor.pause(true);
    fail();
    REQUIRE(told() == Words{"paused"});
  }
  adopt(policyFor(Mode::alert));
  CHECK(told().back() == "alert");
  CHECK(program->state.read()->incidents.front().verdict == "alert");
}

TEST_CASE_METHOD(GoesOnFailing, "A start after a failed repair tells nothing new") {
  server.behaviour.lodctrFails = true;
  start();
  fail();
  REQUIRE(server.alertIds() == Ids{200, 201, 203});
  start();
  server.advance(1min);
  program->monitor.safetyCheck();
  server.run();
  CHECK(server.alertIds() == Ids{200, 201, 203});
  SECTION("and the next attempt comes after the cool-down") {
    server.alerts.clear();
    goOn(15min);
    CHECK(server.alertIds() == Ids{200, 201, 203});
  }
}

TEST_CASE_METHOD(GoesOnFailing, "A trusted copy that the policy comes to name is used at once") {
  server.deleteLibrary();
  start();
  fail();
  REQUIRE(told() == Words{"notRepairable"});
  policy.watch.front().trustedCopy = "D:\\Recovery\\imsperf.dll";
  adopt(policy);
  CHECK(server.alertIds() == Ids{200, 204, 200, 201, 202});
}

TEST_CASE_METHOD(GoesOnFailing,
                 "Rights that an administrator has put right are seen within a cool-down") {
  server.worldWritable.insert(libraryPath);
  start();
  fail();
  REQUIRE(told() == Words{"untrustedPath"});
  goOn(60min);
  REQUIRE(told() == Words{"untrustedPath"});  // told once, however long it lasts
  server.worldWritable.clear();
  goOn(15min);
  CHECK(told() == Words{"untrustedPath", "repair"});
  CHECK(server.alertIds().back() == 202);
}

TEST_CASE_METHOD(
    GoesOnFailing,
    "Counters that a person has repaired are healthy again, though somebody forges on") {
  policy = policyFor(Mode::alert);
  start();
  fail();
  REQUIRE(server.alertIds() == Ids{200});
  server.performanceKeys = SimulatedServer().performanceKeys;
  goOn(15min);
  CHECK(server.alertIds()[1] == 206);
}

TEST_CASE_METHOD(GoesOnFailing,
                 "Failures that nothing cures, or that are forged, do not hide a later fault") {
  server.performanceKeys = SimulatedServer().performanceKeys;
  start();
  fail(5);
  REQUIRE(told() == Words{"notRepairable"});
  goOn(30min, 5);
  REQUIRE(told() == Words{"notRepairable"});
  server.breakCounters();
  goOn(15min, 5);
  CHECK(server.alertIds() == Ids{200, 204, 200, 201, 202});
}

TEST_CASE_METHOD(GoesOnFailing,
                 "What no time and no mode can change is told once, however long it lasts") {
  server.removeCounters();
  server.serviceFacts = {};
  start();
  fail();
  REQUIRE(told() == Words{"notRepairable"});
  const Ids before = server.alertIds();
  goOn(60min);
  adopt(policy);
  CHECK(server.alertIds() == before);
}

TEST_CASE_METHOD(GoesOnFailing, "A state file that can be written again lets the repair begin") {
  start();
  server.alwaysFails = "replace state";
  fail();
  REQUIRE(server.alertIds() == Ids{200, 204});
  CHECK(server.alerts.back().strings == Words{"MSExchangeIMC", "journalUnavailable"});
  goOn(30min);
  CHECK(server.alertIds() == Ids{200, 204});  // told once
  CHECK(server.toolsRun.empty());
  server.alwaysFails.clear();
  goOn(5min);
  CHECK(server.alertIds() == Ids{200, 204, 200, 201, 202});
}

TEST_CASE_METHOD(
    GoesOnFailing,
    "One failure at a moment when the state file cannot be written is repaired later") {
  start();
  server.alwaysFails = "replace state";
  fail();
  REQUIRE(server.alertIds() == Ids{200, 204});
  server.advance(1min);
  program->monitor.safetyCheck();
  server.run();
  REQUIRE(server.alertIds() == Ids{200, 204});
  server.alwaysFails.clear();
  CHECK(program->state.read()->limits.empty());  // no attempt is counted that was not begun
  for (int minute = 0; minute < 15; ++minute) {
    server.advance(1min);
    program->monitor.safetyCheck();
    server.run();
  }
  CHECK(server.alertIds() == Ids{200, 204, 200, 201, 202});
}

TEST_CASE_METHOD(
    GoesOnFailing,
    "A fault of the whole machine stays one where the state file could not be written") {
  watchAlso({"Second", "Third"});
  start();
  server.alwaysFails = "replace state";
  for (const char* service : {"MSExchangeIMC", "Second", "Third"}) {
    failTogether({service});
    server.advance(15s);
  }
  REQUIRE(server.alerts.back().strings == Words{"Third", "machineWideFault"});
  server.alwaysFails.clear();
  for (int minute = 0; minute < 60; ++minute) {
    server.advance(1min);
    program->monitor.safetyCheck();
    server.run();
  }
  CHECK(server.toolsRun.empty());
  CHECK(program->state.read()->incidents.empty());
}

TEST_CASE_METHOD(GoesOnFailing,
                 "Another process that repaired in vain is followed by the service") {
  server.otherProcessRepairs = true;
  start();
  fail();
  REQUIRE(told() == Words{"repairUnderWay"});
  goOn(30min);
  CHECK(told() == Words{"repairUnderWay"});
  server.otherProcessRepairs = false;
  goOn(5min);
  CHECK(server.alertIds().back() == 202);
}

TEST_CASE_METHOD(
    GoesOnFailing,
    "A journal that another process finished in vain is followed by the service's own repair") {
  killBehindLodctr(server);
  server.otherProcessRepairs = true;
  start();
  REQUIRE(program->state.read()->incidents.front().verdict == "repair");
  server.advance(30s);
  (void)program->state.update([&](State& state) {
    (void)endAttempt(state.limits[imcKey], policy.limits, server.now(), false, "in vain");
    state.lastRepairs[imcKey] = {0, 3, state.journal->begin, server.now(), false};
    state.journal.reset();
  });
  server.otherProcessRepairs = false;
  server.breakCounters();
  server.alerts.clear();
  goOn(10min);
  CHECK(server.alertIds() == Ids{});
  goOn(5min);
  CHECK(server.alertIds() == Ids{200, 201, 202});
}

TEST_CASE_METHOD(
    GoesOnFailing,
    "What fails again after `imshealth repair` is decided at once, whatever was before") {
  // Before: a repair of the service that failed, or nothing but an alert.
  const Mode mode = GENERATE(Mode::repair, Mode::alert);
  const bool stateReadAtOnce = GENERATE(true, false);
  policy = policyFor(mode);
  server.behaviour.lodctrFails = true;
  start();
  fail();
  REQUIRE(told() == Words{mode == Mode::repair ? "repair" : "alert"});
  server.behaviour.lodctrFails = false;
  server.advance(1min);
  program->monitor.safetyCheck();
  server.advance(20s);
  repairByHand();
  server.advance(3s);
  server.breakCounters();
  server.alerts.clear();
  const Time failed = server.now();
  if (stateReadAtOnce) {
    fail(5);
  } else {
    server.logOpenFailure("MSExchangeIMC", 5);
    (void)server.drain();
    server.advance(30s);
    CHECK(told().empty());
    program->monitor.safetyCheck();
    server.run();
  }
  const std::string word = mode == Mode::repair ? "coolDown" : "alert";
  CHECK(told() == Words{word});
  const Incident incident = program->state.read()->incidents.at(0);
  CHECK(incident.verdict == word);
  CHECK(incident.since == failed);
  CHECK(incident.events == 1);
  CHECK(incident.status == 5);
  if (mode == Mode::repair) {
    goOn(15min);
    CHECK(server.alertIds() == Ids{200, 204, 200, 201, 202});
  }
}

TEST_CASE_METHOD(
    GoesOnFailing,
    "An incident that has ended is not taken up by a policy before the minute's check") {
  policy = policyFor(Mode::alert);
  policy.limits.coolDown = 24h;
  start();
  fail();
  server.advance(10h);
  SECTION("by its own cool-down") {
    server.advance(14h);
  }
  SECTION("while the service was stopped") {
    server.advance(72h);
    start();
  }
  SECTION("by the new policy's") {}
  adopt(policyFor(Mode::repair));
  CHECK(told() == Words{"alert"});
}

TEST_CASE_METHOD(
    GoesOnFailing,
    "What was about to be decided anew when the service stopped has ended days later") {
  policy.limits.coolDown = 2h;
  start();
  program->monitor.pause(true);
  fail();
  REQUIRE(told() == Words{"paused"});
  server.advance(5min);
  program->monitor.pause(false);
  program->monitor.safetyCheck();
  program->monitor.caughtUp(program->state.read()->cursor, "classic", true);
  program->monitor.stop();
  server.run();
  server.advance(72h);
  start();
  program->monitor.safetyCheck();
  server.run();
  CHECK(told() == Words{"paused"});
  CHECK(program->state.read()->incidents.empty());
}

TEST_CASE_METHOD(GoesOnFailing,
                 "A state file that is written only now and then is told of once in a cool-down") {
  server.onCall = [&](const std::string& call) {
    if (call == "write alert") {
      server.alwaysFails = "replace state";
    }
  };
  start();
  fail();
  server.alerts.clear();
  for (int minute = 0; minute < 60; ++minute) {
    server.alwaysFails.clear();
    server.advance(1min);
    server.logOpenFailure();
    (void)server.drain();
    program->monitor.safetyCheck();
    server.run();
  }
  CHECK(server.toolsRun.empty());
  CHECK(server.alerts.size() <= 4 * 2);
}

TEST_CASE_METHOD(GoesOnFailing, "A clock that is set back does not make one fault of three") {
  policy = policyFor(Mode::alert);
  policy.limits.coolDown = 12h;
  watchAlso({"Second", "Third"});
  start();
  for (const char* service : {"MSExchangeIMC", "Second", "Third"}) {
    failTogether({service});
    server.advance(1h);
  }
  server.alerts.clear();
  server.advance(-6h);
  program->monitor.safetyCheck();
  adopt(policy);
  CHECK(program->state.read()->incidents.size() == 3);
  CHECK(server.alertIds() == Ids{});
}

TEST_CASE_METHOD(GoesOnFailing,
                 "Failures during a repair belong to it, however short the cool-down") {
  policy.limits.coolDown = 5s;
  server.behaviour.failsAgainWhileWatched = true;
  start();
  fail();
  REQUIRE(server.alertIds() == Ids{200, 201, 203});
  CHECK(program->state.read()->incidents.front().cause == "countersInconsistent");
}

TEST_CASE_METHOD(GoesOnFailing,
                 "A machine-wide fault that goes on is not repaired service by service") {
  watchAlso({"Second", "Third"});
  start();
  failTogether({"MSExchangeIMC", "Second", "Third"});
  REQUIRE(told() == Words(3, "machineWideFault"));
  SECTION("in the one that is asked more often") {
    goOn(60min);
    CHECK(told() == Words(3, "machineWideFault"));
  }
  SECTION("in those that begin to fail again, together with one that had not ended") {
    for (int i = 0; i < 5; ++i) {
      server.advance(4min);
      failTogether({"Second"});
      program->monitor.safetyCheck();
    }
    server.advance(40s);
    failTogether({"MSExchangeIMC", "Third"});
    CHECK(told() == Words(5, "machineWideFault"));
  }
  CHECK(server.toolsRun.empty());
}
