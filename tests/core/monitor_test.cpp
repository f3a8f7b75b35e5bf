// The way of an event through the engine, on a simulated server.
#include "tests/core/world.h"

#include <catch2/catch.hpp>

using namespace imshealth;
using namespace imshealth::testing;
using Ids = std::vector<std::uint16_t>;

namespace {

const Alert& alertOf(const SimulatedServer& server, std::uint16_t id) {
  static const Alert none;
  for (const Alert& alert : server.alerts) {
    if (alert.id == id) {
      return alert;
    }
  }
  FAIL("no alert " << id);
  return none;
}

/// Counters that no repair mends: each attempt fails at lodctr.
struct FailingRepairs {
  SimulatedServer server;
  Policy policy = policyFor(Mode::repair);
  FailingRepairs() {
    server.breakCounters();
    server.behaviour.lodctrFails = true;
  }
};

/// The first failed attempt is the last one, and is over.
struct OpenCircuit : FailingRepairs {
  std::optional<Program> program;
  OpenCircuit() {
    policy.limits.attempts = 1;
    program.emplace(server, policy);
    server.logOpenFailure();
    program->listen();
    REQUIRE(server.alertIds() == Ids{200, 201, 203, 205});
    server.alerts.clear();
  }
};

}  // namespace

TEST_CASE("Mode alert: counters that are gone are diagnosed, nothing is changed") {
  SimulatedServer server;
  server.removeCounters();
  const ServerContents before = server.contents();
  Program program(server, policyFor(Mode::alert));
  server.logOpenFailure();
  program.listen();
  CHECK(server.alertIds() == Ids{200});
  CHECK(alertOf(server, 200).strings[0] == "MSExchangeIMC");
  CHECK(alertOf(server, 200).strings[1] == "countersNotLoaded");
  CHECK(alertOf(server, 200).strings[3] == "alert");
  CHECK(alertOf(server, 200).strings[4] == "2");
  CHECK(server.toolsRun.empty());
  CHECK(server.contents() == before);
}

TEST_CASE("Mode repair: regsvr32, unlodctr, lodctr in the article's order, then proof") {
  SimulatedServer server;
  server.breakCounters();
  Program program(server, policyFor(Mode::repair));
  server.logOpenFailure();
  program.listen();
  CHECK(server.toolsRun ==
        std::vector<std::string>{"C:\\exchsrvr\\bin>regsvr32 /s C:\\exchsrvr\\bin\\imsperf.dll",
                                 "C:\\exchsrvr\\bin>unlodctr MSExchangeIMC",
                                 "C:\\exchsrvr\\bin>lodctr imcperf.ini"});
  CHECK(server.alertIds() == Ids{200, 201, 202});
  CHECK(alertOf(server, 200).strings[1] == "countersInconsistent");
  CHECK(alertOf(server, 200).strings[3] == "repair");
  CHECK(alertOf(server, 201).strings[1] ==
        "registerLibrary, backUp, unloadCounters, loadCounters, verify");
  CHECK(alertOf(server, 202).strings[1] ==
        "registerLibrary, backUp, unloadCounters, loadCounters, verify");
  CHECK(server.indexSpace()->languages.front().names.size() == 8);
  CHECK(program.state.read()->incidents.empty());
  CHECK_FALSE(program.state.read()->journal);
}

TEST_CASE("Counters that are not loaded are only loaded: unlodctr is not applicable") {
  SimulatedServer server;
  server.removeCounters();
  Program program(server, policyFor(Mode::repair));
  server.logOpenFailure();
  program.listen();
  CHECK(server.toolsRun.size() == 2);
  CHECK(server.toolsRun.back() == "C:\\exchsrvr\\bin>lodctr imcperf.ini");
  CHECK(server.alertIds() == Ids{200, 201, 202});
}

TEST_CASE("A healthy service is left alone and reported as such, without 200") {
  SimulatedServer server;
  const ServerContents before = server.contents();
  Program program(server, policyFor(Mode::repair));
  server.logOpenFailure();
  program.listen();
  CHECK(server.alertIds() == Ids{206});
  CHECK(server.contents() == before);
}

TEST_CASE(
    "An empty Open, Collect or Close is as if it were missing: the library is not asked for it") {
  SimulatedServer server;
  const char* name = GENERATE("Open", "Collect", "Close");
  for (RegistryValue& value : server.performanceKeys[imcKey].values) {
    if (value.name == name) {
      value.bytes = {0, 0};
    }
  }
  Program program(server, policyFor(Mode::alert));
  server.logOpenFailure();
  program.listen();
  CHECK(server.probes == 0);
  CHECK(alertOf(server, 200).strings[1] == "performanceKeyIncomplete");
}

TEST_CASE("Event 1008 for another service is ignored") {
  SimulatedServer server;
  server.removeCounters();
  Program program(server, policyFor(Mode::repair));
  server.logOpenFailure("Tcpip");
  program.listen();
  CHECK(server.alerts.empty());
}

TEST_CASE("20,000 failures in a burst make one incident and one decision") {
  SimulatedServer server;
  server.removeCounters();
  Program program(server, policyFor(Mode::alert));
  for (int i = 0; i < 20000; ++i) {
    server.logOpenFailure();
  }
  program.listen();
  CHECK(server.alertIds() == Ids{200});
  CHECK(program.state.read()->incidents.front().events == 20000);
}

TEST_CASE("The service is not installed: 1008 is normal, nothing is repaired (Q163727)") {
  SimulatedServer server;
  server.removeCounters();
  server.serviceFacts = {};
  Program program(server, policyFor(Mode::repair));
  server.logOpenFailure();
  program.listen();
  CHECK(server.alertIds() == Ids{200, 204});
  CHECK(alertOf(server, 200).strings[1] == "serviceNotInstalled");
  CHECK(alertOf(server, 204).strings[1] == "notRepairable");
  CHECK(server.toolsRun.empty());
}

TEST_CASE("A range that reaches into the system's own texts is not unloaded") {
  SimulatedServer server;
  server.setIndexValue("First Help", 3);
  const ServerContents before = server.contents();
  Program program(server, policyFor(Mode::repair));
  server.logOpenFailure();
  program.listen();
  CHECK(server.alertIds() == Ids{200, 204});
  CHECK(alertOf(server, 200).strings[1] == "counterRangeUnsafe");
  CHECK(alertOf(server, 204).strings[1] == "notRepairable");
  CHECK(server.toolsRun.empty());
  CHECK(server.contents() == before);
}

TEST_CASE("A forged event changes nothing in what is run") {
  SimulatedServer server;
  server.breakCounters();
  Program program(server, policyFor(Mode::repair));
  server.logEvent("Perflib", 1008,
                  {"MSExchangeIMC", "\\\\attacker\\share\\imsperf.dll & calc.exe %1 %n"},
                  {2, 0, 0, 0});
  program.listen();
  for (const std::string& line : server.toolsRun) {
    CHECK(line.find("attacker") == std::string::npos);
    CHECK(line.find('%') == std::string::npos);
  }
  REQUIRE_FALSE(server.toolsRun.empty());
  CHECK(server.toolsRun.front() == "C:\\exchsrvr\\bin>regsvr32 /s C:\\exchsrvr\\bin\\imsperf.dll");
}

TEST_CASE("A library that everybody may write is neither registered nor loaded") {
  SimulatedServer server;
  server.breakCounters();
  server.worldWritable.insert(libraryPath);
  Program program(server, policyFor(Mode::repair));
  server.logOpenFailure();
  program.listen();
  CHECK(server.alertIds() == Ids{200, 204});
  CHECK(alertOf(server, 204).strings[1] == "untrustedPath");
  CHECK(server.toolsRun.empty());
  CHECK(server.probes == 0);
}

TEST_CASE("lodctr fails after unlodctr: everything is put back, byte for byte") {
  SimulatedServer server;
  server.breakCounters();
  server.behaviour.lodctrFails = true;
  server.behaviour.lodctrLeavesTexts = GENERATE(false, true);
  const ServerContents before = server.contents();
  Program program(server, policyFor(Mode::repair));
  server.logOpenFailure();
  program.listen();
  CHECK(server.alertIds() == Ids{200, 201, 203});
  CHECK(alertOf(server, 203).strings[1] == "loadCounters");
  CHECK(alertOf(server, 203).strings[3] == "yes");
  CHECK(server.contents() == before);
}

TEST_CASE("Exit codes lie: unlodctr says 2 though it is done") {
  SimulatedServer server;
  server.breakCounters();
  server.behaviour.unlodctrExit = 2;
  Program program(server, policyFor(Mode::repair));
  server.logOpenFailure();
  program.listen();
  CHECK(server.alertIds() == Ids{200, 201, 202});
}

TEST_CASE("Exit codes lie: lodctr says 0 though nothing is done") {
  SimulatedServer server;
  server.breakCounters();
  server.behaviour.lodctrDoesNothing = true;
  const ServerContents before = server.contents();
  Program program(server, policyFor(Mode::repair));
  server.logOpenFailure();
  program.listen();
  CHECK(server.alertIds() == Ids{200, 201, 203});
  CHECK(server.contents() == before);
}

TEST_CASE("A failed regsvr32 does not stop the counter steps; one that hangs does") {
  SimulatedServer server;
  server.breakCounters();
  SECTION("exit code 5") {
    server.behaviour.regsvr32Exit = 5;
    Program program(server, policyFor(Mode::repair));
    server.logOpenFailure();
    program.listen();
    CHECK(server.alertIds() == Ids{200, 201, 202});
  }
  SECTION("no end within the time limit") {
    server.behaviour.regsvr32Hangs = true;
    Program program(server, policyFor(Mode::repair));
    server.logOpenFailure();
    program.listen();
    CHECK(server.alertIds() == Ids{200, 201, 203});
    CHECK(alertOf(server, 203).strings[1] == "registerLibrary");
    CHECK(server.toolsRun.size() == 1);
  }
}

TEST_CASE("A new 1008 while the repair is watched disproves it") {
  SimulatedServer server;
  server.breakCounters();
  server.behaviour.failsAgainWhileWatched = true;
  const ServerContents before = server.contents();
  Program program(server, policyFor(Mode::repair));
  server.logOpenFailure();
  program.listen();
  CHECK(server.alertIds() == Ids{200, 201, 203});
  CHECK(server.contents() == before);
}

TEST_CASE(
    "A lodctr that was ended while it wrote the text files: they are put back for all products") {
  SimulatedServer server;
  server.breakCounters();
  server.behaviour.lodctrHangs = true;
  server.behaviour.lodctrLeavesHalfAFile = true;
  const ServerContents before = server.contents();
  Program program(server, policyFor(Mode::repair));
  server.logOpenFailure();
  program.listen();
  CHECK(alertOf(server, 203).strings[1] == "loadCounters");
  CHECK(alertOf(server, 203).strings[3] == "yes");
  CHECK(server.contents() == before);
}

TEST_CASE("A new 1008 disproves a repair also where the log was cleared while it was watched") {
  SimulatedServer server;
  server.breakCounters();
  server.behaviour.failsAgainWhileWatched = true;
  server.behaviour.clearedWhileWatched = true;
  Program program(server, policyFor(Mode::repair));
  server.logOpenFailure();
  program.listen();
  CHECK(server.alertIds() == Ids{200, 201, 203});
}

TEST_CASE(
    "Another product loaded counters meanwhile: its texts are not overwritten by a roll-back") {
  SimulatedServer server;
  server.breakCounters();
  server.behaviour.othersLoadMeanwhile = true;
  server.behaviour.lodctrFails = true;
  Program program(server, policyFor(Mode::repair));
  server.logOpenFailure();
  program.listen();
  CHECK(alertOf(server, 203).strings[3] == "no");
  const auto names = server.indexSpace()->languages.front().names;
  CHECK(std::any_of(names.begin(), names.end(),
                    [](const auto& entry) { return entry.second == "New"; }));
  CHECK(server.performanceKey("MSExchangeIMC")->indexValues() == 0);
}

TEST_CASE("While the log cannot be read, the time of the last reading stands still") {
  SimulatedServer server;
  Program program(server, policyFor(Mode::alert));
  program.listen();
  const Time read = server.now();
  server.advance(std::chrono::hours(3));
  program.monitor.safetyCheck();
  CHECK(program.state.read()->lastRead == read);
  program.monitor.noteRead(server.now());
  program.monitor.safetyCheck();
  CHECK(program.state.read()->lastRead == server.now());
}

TEST_CASE("A state that cannot be read at the start is taken up later, not written over") {
  SimulatedServer server;
  server.breakCounters();
  {
    Program program(server, policyFor(Mode::alert));
    server.logOpenFailure();
    program.listen();
  }
  const State before = *StateKeeper(server).read();
  REQUIRE(before.cursor.recordNumber > 0);
  REQUIRE(before.incidents.size() == 1);
  Program program(server, policyFor(Mode::alert));
  server.failAtCall = 1;
  server.calls = 0;
  server.failOnwards = true;
  server.run();
  server.failAtCall = 0;
  server.failOnwards = false;
  program.monitor.safetyCheck();
  const State after = *program.state.read();
  CHECK(after.cursor == before.cursor);
  REQUIRE(after.incidents.size() == 1);
  CHECK(after.incidents.front().since == before.incidents.front().since);
  CHECK(after.incidents.front().verdict == "alert");
}

TEST_CASE("Events written before the end of the last repair are ignored") {
  SimulatedServer server;
  server.breakCounters();
  Program program(server, policyFor(Mode::repair));
  server.logOpenFailure();
  program.listen();
  server.alerts.clear();
  LogEvent& late = server.logEvent("Perflib", 1008, {"MSExchangeIMC", libraryPath}, {2, 0, 0, 0});
  late.timeGenerated -= 3600;  // delivered late by its sender
  program.listen();
  CHECK(server.alerts.empty());
}

TEST_CASE("After a clear of the log, low record numbers are not taken for older than the repair") {
  SimulatedServer server;
  server.breakCounters();
  Program program(server, policyFor(Mode::repair));
  server.logOpenFailure();
  program.listen();
  server.alerts.clear();
  server.breakCounters();
  server.advance(std::chrono::hours(1));
  // The clear is found by the read that hands on what was written after it.
  server.clearLog();
  server.logOpenFailure();
  program.listen();
  CHECK(server.alertIds() == Ids{200, 201, 202});
}

TEST_CASE("A second failure within the cool-down is recorded and not acted upon") {
  SimulatedServer server;
  server.breakCounters();
  Program program(server, policyFor(Mode::repair));
  server.logOpenFailure();
  program.listen();
  server.breakCounters();
  server.alerts.clear();
  server.advance(std::chrono::minutes(5));
  server.logOpenFailure();
  program.listen();
  CHECK(server.alertIds() == Ids{200, 204});
  CHECK(alertOf(server, 204).strings[1] == "coolDown");
}

TEST_CASE_METHOD(
    FailingRepairs,
    "The third failed attempt opens the circuit; it reminds daily and only a reset closes it") {
  Program program(server, policy);
  for (int attempt = 1; attempt <= 3; ++attempt) {
    server.alerts.clear();
    server.logOpenFailure();
    program.listen();
    CHECK(server.alertIds() == (attempt < 3 ? Ids{200, 201, 203} : Ids{200, 201, 203, 205}));
    server.advance(std::chrono::minutes(20));
    program.monitor.safetyCheck();
  }
  server.alerts.clear();
  server.advance(std::chrono::hours(30));
  program.monitor.safetyCheck();
  CHECK(server.alertIds() == Ids{205});
  const std::vector<std::string> reminder = alertOf(server, 205).strings;
  CHECK(reminder[1] == "3");
  CHECK(reminder[2] == program.state.read()->limits.at(imcKey).lastReason);
  CHECK(program.state.read()->limits.at(imcKey).attempts.size() == 3);  // what status says
  server.logOpenFailure();
  program.listen();
  CHECK(server.alertIds() == Ids{205, 200, 204});
  CHECK(alertOf(server, 204).strings[1] == "attemptsExhausted");

  (void)program.state.update([](State& state) { reset(state.limits["MSExchangeIMC"]); });
  server.behaviour.lodctrFails = false;
  server.advance(std::chrono::minutes(20));
  server.alerts.clear();
  server.logOpenFailure();
  program.listen();
  CHECK(server.alertIds() == Ids{200, 201, 202});
}

TEST_CASE_METHOD(OpenCircuit,
                 "A policy that spells the service otherwise does not get by an open circuit") {
  policy.watch.front().counterService = "msexchangeimc";
  program->monitor.adopt(policy, {});
  server.run();
  CHECK(server.alertIds() == Ids{200, 204});  // another key, so another cause
  server.advance(std::chrono::hours(1));
  program->monitor.safetyCheck();
  server.alerts.clear();
  server.logOpenFailure();
  program->listen();
  CHECK(server.alertIds() == Ids{200, 204});
  CHECK(alertOf(server, 204).strings[1] == "attemptsExhausted");
  CHECK(program->state.read()->limits.size() == 1);
}

TEST_CASE_METHOD(OpenCircuit,
                 "An open circuit of a service that is no longer watched reminds nobody") {
  Policy other = policy;
  other.watch.front().counterService = "MSExchangeMTA";
  program->monitor.adopt(other, {});
  server.run();
  server.advance(std::chrono::hours(30));
  program->monitor.safetyCheck();
  CHECK(server.alertIds() == Ids{});
  CHECK(program->state.read()->limits.at(imcKey).circuitOpen);
  program->monitor.adopt(policy, {});
  program->monitor.safetyCheck();
  CHECK(server.alertIds() == Ids{205});
}

TEST_CASE_METHOD(OpenCircuit, "A circuit is not reminded of each minute where the disk is full") {
  server.advance(std::chrono::hours(24));
  server.alwaysFails = "replace state";
  for (int minute = 0; minute < 10; ++minute) {
    server.advance(std::chrono::minutes(1));
    program->monitor.safetyCheck();
    server.run();
  }
  CHECK(server.alerts.empty());
  server.alwaysFails.clear();
  program->monitor.safetyCheck();
  server.run();
  CHECK(server.alertIds() == Ids{205});
}

TEST_CASE("Three watched services failing within a minute are one machine-wide fault") {
  SimulatedServer server;
  server.breakCounters();
  Policy policy = policyFor(Mode::repair);
  for (const char* service : {"MSExchangeDS", "MSExchangeIS"}) {
    policy.watch.push_back(policy.watch.front());
    policy.watch.back().counterService = service;
  }
  Program program(server, policy);
  for (const WatchPolicy& watch : policy.watch) {
    server.logOpenFailure(watch.counterService);
  }
  program.listen();
  CHECK(server.toolsRun.empty());
  CHECK(server.alertIds() == Ids{200, 204, 200, 204, 200, 204});
  CHECK(alertOf(server, 204).strings[1] == "machineWideFault");
}

TEST_CASE("Services that fail together are one fault also where they wait for another's repair") {
  SimulatedServer server;
  server.breakCounters();
  Policy policy = policyFor(Mode::repair);
  for (const char* service : {"MSExchangeDS", "MSExchangeIS", "MSExchangeMTA"}) {
    policy.watch.push_back(policy.watch.front());
    policy.watch.back().counterService = service;
  }
  policy.verify.watchFor = std::chrono::seconds(70);
  Program program(server, policy);
  server.logOpenFailure();
  bool othersFailed = false;
  server.onCall = [&](const std::string& call) {
    if (call.starts_with("run") && !std::exchange(othersFailed, true)) {
      for (const char* service : {"MSExchangeDS", "MSExchangeIS", "MSExchangeMTA"}) {
        server.logOpenFailure(service);
      }
    }
  };
  program.listen();
  CHECK(othersFailed);
  CHECK(server.alertIds() == Ids{200, 201, 202, 200, 204, 200, 204, 200, 204});
  CHECK(alertOf(server, 204).strings[1] == "machineWideFault");
}

TEST_CASE("Paused: listens and alerts, does not repair") {
  SimulatedServer server;
  server.breakCounters();
  Program program(server, policyFor(Mode::repair));
  program.monitor.pause(true);
  server.logOpenFailure();
  program.listen();
  CHECK(server.alertIds() == Ids{200, 204});
  CHECK(alertOf(server, 204).strings[1] == "paused");
}

TEST_CASE("Another process repairs: this one does not") {
  SimulatedServer server;
  server.breakCounters();
  server.otherProcessRepairs = true;
  Program program(server, policyFor(Mode::repair));
  server.logOpenFailure();
  program.listen();
  CHECK(alertOf(server, 204).strings[1] == "repairUnderWay");
  CHECK(server.toolsRun.empty());
}

TEST_CASE("A library that is gone is restored from the trusted copy") {
  SimulatedServer server;
  server.deleteLibrary();
  Policy policy = policyFor(Mode::repair);
  SECTION("without a trusted copy it is an alert") {
    Program program(server, policy);
    server.logOpenFailure();
    program.listen();
    CHECK(server.alertIds() == Ids{200, 204});
    CHECK(alertOf(server, 200).strings[1] == "libraryMissing");
  }
  SECTION("with one it is a repair") {
    policy.watch.front().trustedCopy = "D:\\Recovery\\imsperf.dll";
    Program program(server, policy);
    server.logOpenFailure();
    program.listen();
    CHECK(server.alertIds() == Ids{200, 201, 202});
    CHECK(server.files[libraryPath] == server.files["D:\\Recovery\\imsperf.dll"]);
  }
}

TEST_CASE("An incident that was heard but not decided is decided by the next start") {
  SimulatedServer server;
  server.removeCounters();
  {
    Program program(server, policyFor(Mode::alert));
    server.run();
    server.logOpenFailure();
    (void)server.drain();
    program.monitor.caughtUp(Cursor{}, "classic", true);
    program.monitor.stop();
    server.run();
  }
  CHECK(server.alerts.empty());
  Program program(server, policyFor(Mode::alert));
  server.run();
  CHECK(server.alertIds() == Ids{200});
}

TEST_CASE(
    "A decision that a kill cut off is made again, also where another service's journal is open") {
  SimulatedServer server;
  server.breakCounters();
  server.onCall = [&](const std::string& call) {
    if (call == "write alert" && server.alerts.size() == 1) {  // 200 is written, 201 is not
      throw Killed{};
    }
  };
  {
    Program program(server, policyFor(Mode::repair));
    server.logOpenFailure();
    CHECK_THROWS_AS(program.listen(), Killed);
  }
  server.onCall = nullptr;
  server.alerts.clear();
  StateKeeper keeper(server);
  REQUIRE(keeper.read()->incidents.front().verdict == "repair");
  (void)keeper.update([&](State& state) {
    state.journal = RepairJournal{.counterService = "OtherProduct",
                                  .begin = server.now(),
                                  .backupFolder = "C:\\data\\backup\\x",
                                  .intent = StepKind::registerLibrary};
  });
  Program program(server, policyFor(Mode::repair));
  server.run();
  CHECK(alertOf(server, 203).strings[0] == "OtherProduct");
  CHECK(alertOf(server, 202).strings[0] == "MSExchangeIMC");
}

TEST_CASE("A roll-back that goes on failing leaves alone what a person has repaired by hand") {
  SimulatedServer server;
  server.breakCounters();
  server.files[libraryPath].push_back(0);
  server.behaviour.lodctrFails = true;
  Policy policy = policyFor(Mode::repair);
  policy.watch.front().trustedCopy = "D:\\Recovery\\imsperf.dll";
  Program program(server, policy);
  server.onCall = [&](const std::string& call) {
    if (call.starts_with("run lodctr")) {
      server.alwaysFails = std::string("replace ") + libraryPath;  // it is in use
    }
  };
  server.logOpenFailure();
  program.listen();
  REQUIRE(alertOf(server, 203).strings[3] == "no");
  REQUIRE(program.state.read()->journal);
  server.onCall = nullptr;

  const ServerContents byHand = SimulatedServer().contents();
  server.performanceKeys = byHand.performanceKeys;
  server.perflibTotals = byHand.perflibTotals;
  for (const auto& [path, bytes] : byHand.files) {
    server.files[path] = bytes;
  }
  const ServerContents repaired = server.contents();
  for (int minute = 0; minute < 2; ++minute) {
    server.advance(std::chrono::minutes(1));
    program.monitor.safetyCheck();
    server.run();
    server.alwaysFails.clear();
  }
  CHECK(server.contents().performanceKeys == repaired.performanceKeys);
  CHECK(server.contents().perflibTotals == repaired.perflibTotals);
  CHECK(server.contents().files == repaired.files);
  CHECK_FALSE(program.state.read()->journal);
}

TEST_CASE("A damaged state file is set aside and the generation before it used") {
  SimulatedServer server;
  {
    Program program(server, policyFor(Mode::alert));
    program.monitor.caughtUp(Cursor{.recordNumber = 7}, "classic", true);
    program.monitor.caughtUp(Cursor{.recordNumber = 8}, "classic", true);
    server.run();
  }
  server.stateText[server.stateText.size() / 2] ^= 1;
  Program program(server, policyFor(Mode::alert));
  server.run();
  CHECK(server.alertIds() == Ids{310});
  CHECK(program.state.read()->cursor.recordNumber == 7);
}

TEST_CASE("A state file that is damaged while the program runs is told of within a minute") {
  SimulatedServer server;
  Program program(server, policyFor(Mode::alert));
  program.monitor.caughtUp(Cursor{.recordNumber = 7}, "classic", true);
  program.monitor.caughtUp(Cursor{.recordNumber = 8}, "classic", true);
  server.run();
  server.stateText[server.stateText.size() / 2] ^= 1;
  program.monitor.safetyCheck();
  CHECK(server.alertIds() == Ids{310});
  program.monitor.safetyCheck();
  CHECK(server.alertIds() == Ids{310});
  CHECK(program.state.read()->cursor.recordNumber == 8);
}

TEST_CASE("A new policy is taken over between two incidents, never within a repair") {
  SimulatedServer server;
  server.breakCounters();
  Program program(server, policyFor(Mode::repair));
  server.run();
  server.logOpenFailure();
  (void)server.drain();
  server.io->poll();  // the incident settles
  std::vector<Ids> saidBefore;
  program.monitor.adopt(policyFor(Mode::alert), {},
                        [&] { saidBefore.push_back(server.alertIds()); });
  CHECK(program.monitor.policy().mode == Mode::repair);
  CHECK(saidBefore.empty());
  server.run();
  CHECK(server.alertIds() == Ids{200, 201, 202});
  CHECK(program.monitor.policy().mode == Mode::alert);
  CHECK(saidBefore == std::vector<Ids>{{200, 201, 202}});
}

TEST_CASE("The state says which policy is in force and since when, at once") {
  SimulatedServer server;
  Program program(server, policyFor(Mode::repair));
  const Time begin = server.now();
  program.listen();
  CHECK(program.state.read()->policyFile.empty());
  CHECK(program.state.read()->policySince == begin);
  server.advance(std::chrono::minutes(5));
  program.monitor.adopt(policyFor(Mode::alert), {"C:\\policy.json"});
  CHECK(program.state.read()->mode == Mode::alert);
  CHECK(program.state.read()->policyFile == "C:\\policy.json");
  CHECK(program.state.read()->policySince == begin + std::chrono::minutes(5));
}

TEST_CASE("Of several new policies during a repair only the last is taken over") {
  SimulatedServer server;
  server.breakCounters();
  Program program(server, policyFor(Mode::repair));
  server.run();
  server.logOpenFailure();
  (void)server.drain();
  server.io->poll();
  int first = 0;
  int last = 0;
  program.monitor.adopt(policyFor(Mode::alert), {}, [&] { ++first; });
  program.monitor.adopt(policyFor(Mode::repair), {}, [&] { ++last; });
  server.run();
  CHECK(first == 0);
  CHECK(last == 1);
  CHECK(program.monitor.policy().mode == Mode::repair);
}

TEST_CASE("A new policy does not come into a repair that is finished after a restart") {
  int deferred = 0;
  for (int call = 1; call < 100; ++call) {
    SimulatedServer server;
    server.breakCounters();
    server.logOpenFailure();
    server.killAtCall = call;
    try {
      Program program(server, policyFor(Mode::repair));
      program.listen();
    } catch (const Killed&) {
    }
    server.killAtCall = 0;
    if (!StateKeeper(server).read()->journal) {
      continue;
    }
    INFO("killed at call " << call);
    Program program(server, policyFor(Mode::repair));
    server.io->poll();
    const bool underWay = program.state.read()->journal.has_value();
    std::optional<bool> journalThen;
    program.monitor.adopt(policyFor(Mode::alert), {},
                          [&] { journalThen = program.state.read()->journal.has_value(); });
    CHECK(journalThen.has_value() != underWay);
    deferred += underWay;
    server.run();
    REQUIRE(journalThen.has_value());
    CHECK_FALSE(*journalThen);
    CHECK(program.monitor.policy().mode == Mode::alert);
  }
  CHECK(deferred > 0);
}
