// What others do to the server or to the state file while a repair is under way, and roll-backs
// that do not succeed at once.
#include "tests/core/world.h"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace imshealth;
using namespace imshealth::testing;
using Ids = std::vector<std::uint16_t>;

namespace {

constexpr char recoveryPath[] = "D:\\Recovery\\imsperf.dll";
constexpr char namesPath[] = "C:\\WINNT\\system32\\perfc009.dat";

Policy withTrustedCopy() {
  Policy policy = policyFor(Mode::repair);
  policy.watch.front().trustedCopy = recoveryPath;
  return policy;
}

const Alert& last(const SimulatedServer& server, std::uint16_t id) {
  const auto found = std::find_if(server.alerts.rbegin(), server.alerts.rend(),
                                  [id](const Alert& alert) { return alert.id == id; });
  REQUIRE(found != server.alerts.rend());
  return *found;
}

}  // namespace

TEST_CASE(
    "A journal that an ended command left behind is finished before anything new is decided") {
  SimulatedServer server;
  server.breakCounters();
  const ServerContents before = server.contents();
  Program program(server, policyFor(Mode::repair));
  server.run();
  RepairJournal left;
  left.counterService = imcKey;
  left.begin = server.now_;
  left.backupFolder = "C:\\data\\backup\\never-made";
  left.intent = StepKind::registerLibrary;
  (void)program.state.update([&](State& state) { state.journal = left; });
  server.logOpenFailure();
  program.listen();
  CHECK(server.alertIds() == Ids{203, 200, 204});
  CHECK(last(server, 203).strings[3] == "yes");
  CHECK(last(server, 204).strings[1] == "coolDown");
  CHECK(server.toolsRun.empty());
  CHECK(server.contents() == before);
  CHECK_FALSE(program.state.read()->journal);
}

TEST_CASE(
    "A roll-back that goes on failing is tried each minute, told once, and told again at its end") {
  SimulatedServer server;
  server.breakCounters();
  server.behaviour.lodctrFails = true;
  server.alwaysFails = "restorePerformanceKey";
  const ServerContents before = server.contents();
  Program program(server, policyFor(Mode::repair));
  server.logOpenFailure();
  program.listen();
  REQUIRE(server.alertIds() == Ids{200, 201, 203});
  CHECK(last(server, 203).strings[3] == "no");
  for (int minute = 0; minute < 5; ++minute) {
    server.advance(std::chrono::minutes(1));
    program.monitor.safetyCheck();
    server.run();
  }
  CHECK(server.alertIds() == Ids{200, 201, 203});
  CHECK(program.state.read()->journal);
  server.alwaysFails.clear();
  program.monitor.safetyCheck();
  server.run();
  CHECK(server.alertIds() == Ids{200, 201, 203, 203});
  CHECK(last(server, 203).strings[3] == "yes");
  CHECK(server.contents() == before);
  CHECK_FALSE(program.state.read()->journal);
}

TEST_CASE("The end of a repair that a full disk does not take is told once, and recorded later") {
  SimulatedServer server;
  server.breakCounters();
  server.behaviour.lodctrFails = GENERATE(false, true);
  Policy policy = policyFor(Mode::repair);
  policy.limits.attempts = 1;
  std::optional<Program> program;
  program.emplace(server, policy);
  std::optional<Time> toldAt;
  server.onCall = [&](const std::string& call) {
    if (call == "write alert" && server.alerts.size() == 2) {
      server.alwaysFails = "replace state";
      toldAt = server.now();
    }
  };
  server.logOpenFailure();
  program->listen();
  const Ids told = server.behaviour.lodctrFails ? Ids{200, 201, 203, 205} : Ids{200, 201, 202};
  REQUIRE(server.alertIds() == told);
  const ServerContents after = server.contents();
  const auto tools = server.toolsRun;
  for (int minute = 0; minute < 5; ++minute) {
    server.advance(std::chrono::minutes(1));
    program->monitor.safetyCheck();
    server.run();
  }
  CHECK(server.alertIds() == told);
  REQUIRE(program->state.read()->journal);
  CHECK_FALSE(program->state.read()->limits.at(imcKey).lastAttemptEnd);

  SECTION("the same run of the program") {
    server.alwaysFails.clear();
    program->monitor.safetyCheck();
    server.run();
    CHECK(server.alertIds() == told);
    const State state = *program->state.read();
    CHECK_FALSE(state.journal);
    CHECK(state.limits.at(imcKey).attempts.size() == 1);
    CHECK(state.limits.at(imcKey).lastAttemptEnd == toldAt);
    CHECK(state.limits.at(imcKey).circuitOpen == server.behaviour.lodctrFails);
    CHECK(state.lastRepairs.at(imcKey).end == toldAt);
    CHECK(state.incidents.empty() != server.behaviour.lodctrFails);
  }
  SECTION("the next one does not know of it, and tells it again") {
    program.reset();
    server.onCall = nullptr;
    server.alwaysFails.clear();
    server.alerts.clear();
    program.emplace(server, policy);
    program->listen();
    CHECK(server.alertIds().front() == told[2]);
    CHECK_FALSE(program->state.read()->journal);
    CHECK(program->state.read()->limits.at(imcKey).attempts.size() == 1);
  }
  CHECK(server.toolsRun == tools);
  CHECK(server.contents() == after);
}

TEST_CASE("A roll-back that goes on failing is told once on a full disk too") {
  SimulatedServer server;
  server.breakCounters();
  server.behaviour.lodctrFails = true;
  server.alwaysFails = "restorePerformanceKey";
  const ServerContents before = server.contents();
  Program program(server, policyFor(Mode::repair));
  bool full = false;
  server.failOnwards = true;
  server.onCall = [&](const std::string& call) {
    full = full || (call == "write alert" && server.alerts.size() == 2);
    if (full && call == "replace state") {
      server.failAtCall = server.calls;
    }
  };
  server.logOpenFailure();
  program.listen();
  REQUIRE(server.alertIds() == Ids{200, 201, 203});
  const auto minutesPass = [&] {
    for (int minute = 0; minute < 5; ++minute) {
      server.advance(std::chrono::minutes(1));
      program.monitor.safetyCheck();
      server.run();
    }
  };
  minutesPass();
  CHECK(server.alertIds() == Ids{200, 201, 203});
  server.onCall = nullptr;
  server.failAtCall = 0;
  server.failOnwards = false;
  minutesPass();
  CHECK(server.alertIds() == Ids{200, 201, 203});
  CHECK(program.state.read()->journal->told);
  server.alwaysFails.clear();
  minutesPass();
  CHECK(server.alertIds() == Ids{200, 201, 203, 203});
  CHECK(last(server, 203).strings[3] == "yes");
  CHECK(server.contents() == before);
  CHECK_FALSE(program.state.read()->journal);
}

TEST_CASE("One bad file in the backup: nothing is put back; that is told, and blocks nothing") {
  SimulatedServer server;
  server.breakCounters();
  server.files[libraryPath].push_back(0);  // differs from the trusted copy
  server.behaviour.lodctrFails = true;
  server.behaviour.lodctrLeavesTexts = true;
  const std::string bad = GENERATE("imsperf.dll", "perfc009.dat", "perfh009.dat");
  const bool gone = GENERATE(false, true);
  std::optional<ServerContents> left;
  server.onCall = [&](const std::string& call) {
    if (call.starts_with("run lodctr")) {
      const auto saved = std::ranges::find_if(server.files, [&](const auto& file) {
        return file.first.starts_with("C:\\data\\backup") && file.first.ends_with(bad);
      });
      REQUIRE(saved != server.files.end());
      if (gone) {
        server.files.erase(saved);
      } else {
        saved->second[0] ^= 1;
      }
    } else if (call == "replace state" && !server.toolsRun.empty() &&
               server.toolsRun.back().find(">lodctr") != std::string::npos && !left) {
      left = server.contents();  // the roll-back is about to begin
    }
  };
  Program program(server, withTrustedCopy());
  server.logOpenFailure();
  program.listen();
  REQUIRE(server.alertIds() == Ids{200, 201, 203});
  CHECK(last(server, 203).strings[3] == "no");
  CHECK_THAT(last(server, 203).strings[2],
             Catch::Contains(bad + ": the backup is not what was saved"));
  REQUIRE(left);
  CHECK(server.contents() == *left);
  CHECK_FALSE(program.state.read()->journal);
}

TEST_CASE("A bad text file in the backup does not matter where the texts are to stay as they are") {
  SimulatedServer server;
  server.breakCounters();
  server.files[libraryPath].push_back(0);  // differs from the trusted copy
  const std::vector<std::uint8_t> library = server.files[libraryPath];
  server.behaviour.lodctrFails = true;
  server.behaviour.othersLoadMeanwhile = true;
  server.onCall = [&](const std::string& call) {
    if (call.starts_with("run lodctr")) {
      for (auto& [path, bytes] : server.files) {
        if (path.starts_with("C:\\data\\backup") && path.ends_with("perfc009.dat")) {
          bytes[0] ^= 1;
        }
      }
    }
  };
  Program program(server, withTrustedCopy());
  server.logOpenFailure();
  program.listen();
  REQUIRE(server.alertIds() == Ids{200, 201, 203});
  CHECK_THAT(last(server, 203).strings[2],
             Catch::Contains("counters of another service were loaded"));
  CHECK(server.files[libraryPath] == library);
}

TEST_CASE("Where the texts are to stay as they are, so are the index values that point at them") {
  SimulatedServer server;
  server.breakCounters();
  SECTION("unlodctr did nothing: those of before") {
    server.behaviour.unlodctrHangs = true;
    server.onCall = [&server](const std::string& call) {
      if (call.starts_with("run unlodctr")) {
        server.performanceKeys["Newcomer"].exists = true;
      }
    };
    const KeyImage before = server.performanceKeys[imcKey];
    Program program(server, policyFor(Mode::repair));
    server.logOpenFailure();
    program.listen();
    CHECK(server.performanceKeys[imcKey] == before);
  }
  SECTION("lodctr succeeded: those that it wrote") {
    server.behaviour.othersLoadMeanwhile = true;
    Program program(server, policyFor(Mode::repair));
    server.logOpenFailure();
    program.listen();
    CHECK(server.performanceKey(imcKey)->indexValues() == 4);
    CHECK(violationsOf(*server.indexSpace(), imcKey).empty());
  }
  CHECK(server.alertIds() == Ids{200, 201, 203});
  CHECK(last(server, 203).strings[3] == "no");
  CHECK_THAT(last(server, 203).strings[2],
             Catch::Contains("counters of another service were loaded"));
}

TEST_CASE("A library that cannot be taken away again does not hold up the counters") {
  SimulatedServer server;
  server.deleteLibrary();
  server.behaviour.lodctrFails = true;
  server.alwaysFails = "remove";
  const ServerContents before = server.contents();
  Program program(server, withTrustedCopy());
  server.logOpenFailure();
  program.listen();
  CHECK(last(server, 203).strings[3] == "no");
  CHECK(server.performanceKeys == before.performanceKeys);
  CHECK(server.perflibTotals == before.perflibTotals);
  CHECK(server.files.at(namesPath) == before.files.at(namesPath));
}

TEST_CASE("A trusted copy that changed since it was examined is not taken") {
  SimulatedServer server;
  server.deleteLibrary();
  const ServerContents before = server.contents();
  server.onCall = [&server](const std::string& call) {
    if (call == "replace state" && server.lockHeld && server.files.contains(recoveryPath)) {
      server.files[recoveryPath] = server.files["C:\\exchsrvr\\bin\\other.dll"];
    }
  };
  server.files["C:\\exchsrvr\\bin\\other.dll"] = {'M', 'Z'};
  Program program(server, withTrustedCopy());
  server.logOpenFailure();
  program.listen();
  CHECK(last(server, 203).strings[1] == "restoreLibrary");
  CHECK(last(server, 203).strings[3] == "yes");
  CHECK_FALSE(server.files.contains(libraryPath));
  CHECK(server.performanceKeys == before.performanceKeys);
}

TEST_CASE("A counter file that leaves out a help text is repaired like any other") {
  SimulatedServer server;
  server.breakCounters();
  auto& ini = server.files["C:\\exchsrvr\\bin\\imcperf.ini"];
  std::string text(ini.begin(), ini.end());
  text.erase(text.find("QUEUEOUT_009_HELP"));
  ini.assign(text.begin(), text.end());
  server.removeHelp(*server.performanceKey(imcKey)->lastCounter + 1);
  Program program(server, policyFor(Mode::repair));
  server.logOpenFailure();
  program.listen();
  CHECK(server.alertIds() == Ids{200, 201, 202});
}

TEST_CASE("Names that are shifted after the diagnosis: unlodctr is refused just before") {
  SimulatedServer server;
  server.breakCounters();
  const std::uint32_t first = *server.performanceKey(imcKey)->firstCounter;
  server.onCall = [&](const std::string& call) {
    if (call.starts_with("run regsvr32")) {
      server.setName(first, "Other");
    }
  };
  Program program(server, policyFor(Mode::repair));
  server.logOpenFailure();
  program.listen();
  CHECK(server.alertIds() == Ids{200, 201, 203});
  CHECK(last(server, 203).strings[1] == "unloadCounters");
  CHECK_THAT(last(server, 203).strings[2], Catch::StartsWith("unlodctr refused: the name at"));
  CHECK(server.toolsRun.size() == 1);
}

TEST_CASE("An index value that goes after the diagnosis: unlodctr is refused just before") {
  SimulatedServer server;
  server.breakCounters();
  server.onCall = [&](const std::string& call) {
    if (call.starts_with("run regsvr32")) {
      std::erase_if(server.performanceKeys.at(imcKey).values,
                    [](const RegistryValue& value) { return value.name == "First Help"; });
    }
  };
  Program program(server, policyFor(Mode::repair));
  server.logOpenFailure();
  program.listen();
  CHECK(server.alertIds() == Ids{200, 201, 203});
  CHECK_THAT(last(server, 203).strings[2],
             Catch::StartsWith("unlodctr refused: the index values have changed"));
  CHECK(server.toolsRun.size() == 1);
}

TEST_CASE("Counters of others that change while ours are saved: nothing is begun") {
  SimulatedServer server;
  server.breakCounters();
  server.onCall = [&server](const std::string& call) {
    if (call == std::string("read ") + namesPath) {
      server.performanceKeys.erase("OtherProduct");
    }
  };
  Program program(server, policyFor(Mode::repair));
  server.logOpenFailure();
  program.listen();
  CHECK(last(server, 203).strings[1] == "backUp");
  CHECK(last(server, 203).strings[3] == "yes");
  for (const std::string& tool : server.toolsRun) {
    CHECK(tool.find("lodctr") == std::string::npos);
  }
}

TEST_CASE(
    "A stop while the repaired library is opened disproves nothing: the next start proves it") {
  SimulatedServer server;
  server.breakCounters();
  const Policy policy = policyFor(Mode::repair);
  std::optional<Program> program;
  program.emplace(server, policy);
  server.onCall = [&](const std::string& call) {
    if (call == "probe" && !server.toolsRun.empty()) {
      program->monitor.stop();
      server.stopping = true;
      server.alwaysFails = "probe";
    }
  };
  server.logOpenFailure();
  program->listen();
  CHECK(server.alertIds() == Ids{200, 201});
  const ServerContents repaired = server.contents();
  const auto tools = server.toolsRun;
  program.reset();
  server.onCall = nullptr;
  server.alwaysFails.clear();
  program.emplace(server, policy);
  program->listen();
  CHECK(server.alertIds() == Ids{200, 201, 202});
  CHECK(server.contents() == repaired);
  CHECK(server.toolsRun == tools);
}

TEST_CASE("What LoadPerf complained of before a stop disproves the repair at once") {
  SimulatedServer server;
  server.breakCounters();
  Program program(server, policyFor(Mode::repair));
  server.onCall = [&, told = false](const std::string& call) mutable {
    if (call == "drain" && server.lockHeld && !server.toolsRun.empty() &&
        !std::exchange(told, true)) {
      server.logEvent("LoadPerf", 3011, {"MSExchangeIMC"});
    }
    if (call == "probe" && !server.toolsRun.empty()) {
      program.monitor.stop();
      server.stopping = true;
    }
  };
  server.logOpenFailure();
  program.listen();
  CHECK(server.alertIds() == Ids{200, 201, 203});
}

TEST_CASE("After a restart the proof compares with what was before the repair") {
  SimulatedServer server;
  server.breakCounters();
  killBehindLodctr(server);
  server.alerts.clear();
  SECTION("nothing of others moved: repaired, and said so") {
    Program program(server, policyFor(Mode::repair));
    server.run();
    CHECK(server.alertIds() == Ids{202});
  }
  SECTION("a text of another service moved: not repaired") {
    auto& names = server.files[namesPath];
    const auto at = std::find(names.rbegin(), names.rend(), static_cast<std::uint8_t>('T'));
    REQUIRE(at != names.rend());
    *at = 'S';  // "Things" of OtherProduct
    Program program(server, policyFor(Mode::repair));
    server.run();
    CHECK(server.alertIds() == Ids{203});
    CHECK_THAT(last(server, 203).strings[2], Catch::Contains("counters of another service moved"));
  }
}

TEST_CASE("Complaints of LoadPerf that are older than the repair do not count, read or not") {
  SimulatedServer server;
  server.breakCounters();
  Program program(server, policyFor(Mode::repair));
  server.run();
  server.logOpenFailure();
  (void)server.drain();
  server.logEvent("LoadPerf", 3009, {imcKey, "Internet Mail Service"});  // nobody has read it yet
  server.run();
  CHECK(server.alertIds() == Ids{200, 201, 202});
}

TEST_CASE("A log that cannot be read proves nothing, so nothing is begun") {
  SimulatedServer server;
  server.breakCounters();
  const ServerContents before = server.contents();
  Program program(server, policyFor(Mode::repair));
  server.run();
  server.logOpenFailure();
  (void)server.drain();
  server.alwaysFails = "drain";
  server.run();
  CHECK(server.alertIds() == Ids{200, 201, 203});
  CHECK(last(server, 203).strings[3] == "yes");
  CHECK(server.toolsRun.empty());
  CHECK(server.contents() == before);
}

TEST_CASE("A repair on the command line ends the service's incident") {
  SimulatedServer server;
  server.breakCounters();
  Program program(server, policyFor(Mode::alert));
  server.logOpenFailure();
  program.listen();
  REQUIRE(program.state.read()->incidents.size() == 1);
  server.advance(std::chrono::seconds(30));
  (void)program.state.update([&](State& state) {
    state.lastRepairs[imcKey] = {
        .epoch = 0, .endRecord = 9, .begin = server.now_, .end = server.now_, .repaired = true};
  });
  program.monitor.safetyCheck();
  server.run();
  CHECK(program.state.read()->incidents.empty());
}

TEST_CASE("An incident does not end while its repair takes longer than the cool-down") {
  SimulatedServer server;
  server.breakCounters();
  Policy policy = policyFor(Mode::repair);
  policy.limits.coolDown = std::chrono::minutes(1);
  Program program(server, policy);
  std::optional<Incident> meanwhile;
  server.onCall = [&](const std::string& call) {
    if (call.starts_with("run lodctr") && !meanwhile) {
      server.advance(std::chrono::minutes(2));
      program.monitor.safetyCheck();
      const State state = *program.state.read();
      REQUIRE(state.incidents.size() == 1);
      meanwhile = state.incidents.front();
      server.logOpenFailure();
    }
  };
  server.logOpenFailure();
  program.listen();
  REQUIRE(meanwhile);
  CHECK(meanwhile->verdict == "repair");
  CHECK(server.alertIds() == Ids{200, 201, 202});
  CHECK(program.state.read()->incidents.empty());
}

TEST_CASE("What fails after a command has finished our interrupted repair is decided anew") {
  SimulatedServer server;
  server.breakCounters();
  killBehindLodctr(server);
  server.alerts.clear();
  server.otherProcessRepairs = true;
  Program program(server, policyFor(Mode::repair));
  server.run();
  const Time end = server.now();
  server.advance(std::chrono::minutes(1));
  server.breakCounters();
  server.logOpenFailure();
  program.listen();
  REQUIRE(program.state.read()->incidents.front().verdict == "repair");
  (void)program.state.update([&](State& state) {
    state.lastRepairs[imcKey] = {
        .epoch = 0, .endRecord = 1, .begin = state.journal->begin, .end = end, .repaired = true};
    state.limits[imcKey].lastAttemptEnd = end;
    state.journal.reset();
  });
  server.otherProcessRepairs = false;
  program.monitor.safetyCheck();
  server.run();
  CHECK(server.alertIds() == Ids{200, 204});
  CHECK(last(server, 204).strings[1] == "coolDown");
  server.advance(std::chrono::minutes(20));
  program.monitor.safetyCheck();
  CHECK(program.state.read()->incidents.empty());
}

TEST_CASE("Windows XP and later save all counter settings as a text; that it fails stops nothing") {
  SimulatedServer server;
  server.breakCounters();
  server.systemFacts.osMajor = 6;
  const bool fails = GENERATE(false, true);
  server.onCall = [&](const std::string& call) {
    server.alwaysFails = fails && call.starts_with("run lodctr /S:") ? call : "";
  };
  Program program(server, policyFor(Mode::repair));
  server.logOpenFailure();
  program.listen();
  CHECK(server.alertIds() == Ids{200, 201, 202});
  if (!fails) {
    REQUIRE(server.toolsRun.size() == 4);
    CHECK_THAT(server.toolsRun[1],
               Catch::StartsWith("C:\\WINNT\\system32>lodctr /S:C:\\data\\backup\\"));
  } else {
    CHECK(server.toolsRun.size() == 3);  // the simulated server has only those that came to run
  }
}

TEST_CASE("Windows NT 4.0 saves no settings, and is to be restarted after a repair; 2000 is not") {
  SimulatedServer server;
  server.breakCounters();
  server.systemFacts.osMajor = GENERATE(4, 5);
  const std::string wish = server.systemFacts.osMajor == 4 ? " (restart the machine)" : "";
  SECTION("in one go") {
    Program program(server, policyFor(Mode::repair));
    server.logOpenFailure();
    program.listen();
    CHECK(server.alertIds() == Ids{200, 201, 202});
  }
  SECTION("proved after a restart of the program") {
    killBehindLodctr(server);
    Program program(server, policyFor(Mode::repair));
    server.run();
    CHECK(server.alertIds() == Ids{200, 201, 202});
  }
  CHECK(last(server, 202).strings[1] ==
        "registerLibrary, backUp, unloadCounters, loadCounters, verify" + wish);
  CHECK(server.toolsRun ==
        std::vector<std::string>{"C:\\exchsrvr\\bin>regsvr32 /s C:\\exchsrvr\\bin\\imsperf.dll",
                                 "C:\\exchsrvr\\bin>unlodctr MSExchangeIMC",
                                 "C:\\exchsrvr\\bin>lodctr imcperf.ini"});
}

TEST_CASE(
    "Attempts under a clock that was years ahead hold repairs back for one period, not for years") {
  SimulatedServer server;
  server.breakCounters();
  server.behaviour.lodctrFails = true;
  const Time right = server.now_;
  server.advance(std::chrono::hours(24 * 3650));
  Policy policy = policyFor(Mode::repair);
  policy.limits.attempts = 2;
  Program program(server, policy);
  server.logOpenFailure();
  program.listen();
  CHECK(server.alertIds() == Ids{200, 201, 203});
  server.behaviour.lodctrFails = false;
  server.now_ = right + std::chrono::minutes(1);
  program.monitor.safetyCheck();
  server.run();
  server.advance(std::chrono::minutes(20));
  program.monitor.safetyCheck();
  server.run();
  server.alerts.clear();
  server.logOpenFailure();
  program.listen();
  CHECK(server.alertIds() == Ids{200, 201, 202});
}

TEST_CASE("Tools that do all but log nothing prove nothing where the system has LoadPerf") {
  SimulatedServer server;
  server.behaviour.loadPerfSource = false;
  std::string missing, step;
  SECTION("1001") {
    server.breakCounters();
    missing = "LoadPerf did not log event 1001";
    step = "unloadCounters";
  }
  SECTION("1000, where there was nothing to unload") {
    server.removeCounters();
    missing = "LoadPerf did not log event 1000";
    step = "loadCounters";
  }
  SECTION("1000, though 1001 was logged") {
    server.breakCounters();
    server.onCall = [&server](const std::string& call) {
      server.behaviour.loadPerfSource = call.starts_with("run unlodctr");
    };
    missing = "LoadPerf did not log event 1000";
    step = "loadCounters";
  }
  const ServerContents before = server.contents();
  Program program(server, policyFor(Mode::repair));
  server.logOpenFailure();
  program.listen();
  CHECK(server.alertIds() == Ids{200, 201, 203});
  CHECK(last(server, 203).strings[1] == step);
  CHECK(last(server, 203).strings[2] == missing);
  CHECK(last(server, 203).strings[3] == "yes");
  CHECK(server.contents() == before);
}

TEST_CASE(
    "Without the event source LoadPerf, as on Windows NT 4.0, a repair is proved without it") {
  SimulatedServer server;
  server.behaviour.loadPerfSource = server.systemFacts.hasLoadPerfSource = false;
  SECTION("unloaded and loaded") {
    server.breakCounters();
  }
  SECTION("loaded") {
    server.removeCounters();
  }
  Program program(server, policyFor(Mode::repair));
  server.logOpenFailure();
  program.listen();
  CHECK(server.alertIds() == Ids{200, 201, 202});
}

TEST_CASE("What LoadPerf wrote may appear in the log only after its tools have ended") {
  SimulatedServer server;
  server.breakCounters();
  server.behaviour.loadPerfSource = false;
  server.onCall = [&server](const std::string& call) {
    if (call == "probe" && server.lockHeld && !server.toolsRun.empty()) {  // of the verification
      server.logEvent("LoadPerf", 1001, {imcKey, "Internet Mail Service"});
      server.logEvent("LoadPerf", 1000, {imcKey, "Internet Mail Service"});
    }
  };
  Program program(server, policyFor(Mode::repair));
  server.logOpenFailure();
  program.listen();
  CHECK(server.alertIds() == Ids{200, 201, 202});
}
