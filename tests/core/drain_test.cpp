// A long log is read in small stretches: how often that saves the state, and what a kill costs.
#include "core/listen.h"
#include "tests/core/world.h"

#include <catch2/catch.hpp>

#include <set>

using namespace imshealth;
using namespace imshealth::testing;

namespace {

constexpr std::size_t stretch = 16;  // as the winevt backend reads

/// Records for a counter service that nobody watches, and failures of ours among them; reading a
/// stretch takes its time. At the end of the log the program is told to stop.
struct LongLog : EventSource {
  LongLog(SimulatedServer& theServer, std::size_t theRecords, Milliseconds theTime)
      : server(theServer), records(theRecords), timeForAStretch(theTime) {}

  std::string_view api() const override { return "winevt"; }
  Result<Delivery> read() override {
    server.advance(timeForAStretch);
    Delivery delivery;
    for (; next < records && delivery.events.size() < stretch; ++next) {
      LogEvent event;
      event.source = "Perflib";
      event.eventId = 1008;
      event.recordNumber = next + 1;
      event.strings = {failures.contains(next) ? imcKey : "Tcpip"};
      delivery.events.push_back(event);
    }
    delivery.cursor.recordNumber = next;
    delivery.more =
        !delivery.events.empty();  // the end is where nothing comes any more, as with EvtNext
    return delivery;
  }
  boost::asio::awaitable<bool> waitForChange(Milliseconds) override { co_return false; }

  SimulatedServer& server;
  std::size_t records;
  Milliseconds timeForAStretch;
  std::set<std::size_t> failures;
  std::size_t next = 0;
};

/// One run of the program that listens to the log as the service does.
struct Service : Listener {
  Service(SimulatedServer& server, LongLog& theLog)
      : log(theLog),
        program(server, policyFor(Mode::alert)),
        listening(log, *this, server, server) {
    server.run();
    log.next = static_cast<std::size_t>(program.state.read()->cursor.recordNumber);
  }
  void run() {
    boost::asio::co_spawn(*program.server.io, listening.run(), [](std::exception_ptr failure) {
      if (failure) {
        std::rethrow_exception(failure);
      }
    });
    program.server.run();
  }
  void onEvent(const LogEvent& event) override { program.monitor.heard(event); }
  void onAlert(const Alert& alert) override { program.alerter.raise(alert); }
  void onPosition(const Cursor& cursor, bool saveNow) override {
    program.monitor.caughtUp(cursor, log.api(), saveNow);
  }

  LongLog& log;
  Program program;
  Listening listening;
};

State onDisk(const SimulatedServer& server) {
  return server.stateText.empty() ? State{} : *readState(server.stateText);
}

/// How often a run over this log wrote the state.
int savesOf(SimulatedServer& server, LongLog& log) {
  int saves = 0;
  Service service(server, log);
  server.onCall = [&](const std::string& call) { saves += call == "replace state"; };
  service.run();
  server.onCall = nullptr;
  return saves;
}

Cursor at(std::uint64_t record) {
  Cursor cursor;
  cursor.recordNumber = record;
  return cursor;
}

}  // namespace

TEST_CASE(
    "100,000 records that do not matter: a save at the beginning, every 5 seconds, and at the "
    "end") {
  SimulatedServer server;
  LongLog log(server, 100'000, std::chrono::milliseconds(2));  // 6,251 stretches: 12.5 seconds
  CHECK(savesOf(server, log) == 4);
  CHECK(onDisk(server).cursor.recordNumber == 100'000);
  CHECK(server.alerts.empty());
}

TEST_CASE(
    "A flood of failures of a watched service: one more save opens the incident, one decides it") {
  SimulatedServer server;
  server.removeCounters();
  LongLog log(server, 20'000, Milliseconds(0));
  for (std::size_t record = 100; record < log.records; ++record) {
    log.failures.insert(record);
  }
  // The beginning, the incident, the end; alert 200 among the last alerts, the decision.
  CHECK(savesOf(server, log) == 5);
  CHECK(onDisk(server).incidents.front().events == 19'900);
}

TEST_CASE("In the middle of a long log, what may wait is not saved and what may not is") {
  SimulatedServer server;
  server.removeCounters();
  Program program(server, policyFor(Mode::alert));
  server.run();
  const auto saved = [&] { return onDisk(server).cursor.recordNumber; };
  program.monitor.caughtUp(at(16), "winevt", false);
  CHECK(saved() == 16);
  program.monitor.caughtUp(at(32), "winevt", false);
  CHECK(saved() == 16);
  SECTION("an incident was opened") {
    LogEvent failure;
    failure.source = "Perflib";
    failure.eventId = 1008;
    failure.strings = {imcKey};
    program.monitor.heard(failure);
    program.monitor.caughtUp(at(48), "winevt", false);
    CHECK(saved() == 48);
    CHECK(onDisk(server).incidents.size() == 1);
    program.monitor.heard(failure);  // only counts
    program.monitor.caughtUp(at(64), "winevt", false);
    CHECK(saved() == 48);
    server.run();  // settled and decided: what was counted goes with it
    CHECK(saved() == 64);
    CHECK(onDisk(server).incidents.front().events == 2);
    CHECK(onDisk(server).incidents.front().verdict == "alert");
  }
  SECTION("the end of the log, or a loss that was told") {
    program.monitor.caughtUp(at(48), "winevt", true);
    CHECK(saved() == 48);
  }
  SECTION("the last save is too long ago") {
    server.advance(Monitor::longestUnsaved);
    program.monitor.caughtUp(at(48), "winevt", false);
    CHECK(saved() == 48);
  }
  SECTION("the clock was set back") {
    server.advance(-std::chrono::hours(1));
    program.monitor.caughtUp(at(48), "winevt", false);
    CHECK(saved() == 48);
  }
  SECTION("the check of each minute, for instance while the log cannot be read") {
    program.monitor.safetyCheck();
    CHECK(saved() == 32);
  }
}

TEST_CASE("Killed anywhere in a long log, each failure is counted once and decided once") {
  int calls = 0;
  const bool afterTheCall = GENERATE(false, true);
  for (int kill = 0; kill <= calls; ++kill) {
    CAPTURE(kill, afterTheCall);
    SimulatedServer server;
    server.removeCounters();
    LongLog log(server, 200, std::chrono::milliseconds(700));
    log.failures = {20, 21, 75, 76, 130, 199};
    (afterTheCall ? server.killAfterCall : server.killAtCall) = kill;
    bool toldBeforeItWasNoted = false;
    for (bool ended = false; !ended;) {
      try {
        Service service(server, log);
        service.run();
        ended = true;
      } catch (const Killed&) {
        const auto incidents = onDisk(server).incidents;
        toldBeforeItWasNoted =
            !server.alerts.empty() && (incidents.empty() || incidents.front().verdict.empty());
      }
      if (kill == 0) {
        calls = server.calls;
        REQUIRE(calls > 40);
      }
      server.killAtCall = server.killAfterCall = 0;
    }
    const State state = onDisk(server);
    REQUIRE(state.cursor.recordNumber == 200);
    REQUIRE(state.incidents.size() == 1);
    REQUIRE(state.incidents.front().events == 6);
    REQUIRE(state.incidents.front().verdict == "alert");
    // Rather told twice than never, and only there.
    REQUIRE(server.alertIds() ==
            std::vector<std::uint16_t>(toldBeforeItWasNoted ? 2 : 1, std::uint16_t{200}));
  }
}
