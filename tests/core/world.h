// The engine on a simulated server: one program run after another over the same world.
#pragma once

#include "tests/core/simulated_server.h"

#include <boost/asio/co_spawn.hpp>
#include <catch2/catch.hpp>

#include <functional>
#include <optional>
#include <utility>

namespace imshealth::testing {

/// Runs with the server's clock; what it throws fails the test.
inline void start(SimulatedServer& server, boost::asio::awaitable<void> work) {
  boost::asio::co_spawn(*server.io, std::move(work), [](std::exception_ptr failure) {
    if (failure) {
      std::rethrow_exception(failure);
    }
  });
}

/// One run of the program. Destroyed: the process is gone.
struct Program {
  Program(SimulatedServer& theServer, const Policy& policy)
      : server(theServer),
        state(server),
        alerter(server, state, server),
        monitor(server.io->get_executor(),
                {server, state, alerter, server, server.repairPorts(witness)}, policy, {},
                "C:\\data\\backup") {
    server.deliverTo = [this](const LogEvent& event) { monitor.heard(event); };
    start(server, monitor.takeUp());
  }
  ~Program() { server.endProcess(); }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  /// What the listening loop does after each wake-up.
  void listen() {
    server.run();  // what the last run left is taken up before the first event
    if (const auto position = server.drain()) {
      Cursor cursor;
      cursor.epoch = position->epoch;
      cursor.recordNumber = cursor.newestSeen = position->newestRecord;
      monitor.caughtUp(cursor, "classic", true);
    }
    server.run();
  }

  SimulatedServer& server;
  Witness witness;
  StateKeeper state;
  Alerter alerter;
  Monitor monitor;
};

/// `imshealth repair --force` beside the service: a process of its own, over the same files, that
/// hears the log too.
class RepairByHand {
 public:
  RepairByHand(SimulatedServer& server, const Policy& policy)
      : server_(server),
        policy_(policy),
        state_(server),
        alerter_(server, state_, server),
        service_(server.deliverTo) {
    server_.deliverTo = [this](const LogEvent& event) {
      witness_.note(event);
      service_(event);
    };
  }
  ~RepairByHand() { server_.deliverTo = service_; }
  RepairByHand(const RepairByHand&) = delete;
  RepairByHand& operator=(const RepairByHand&) = delete;

  boost::asio::awaitable<void> run() {
    const WatchPolicy watch = policy_.watch.front();
    const RepairPorts ports = server_.repairPorts(witness_);
    const PolicyOrigin origin;
    const Occasion nothingHappened;
    Examination examination =
        co_await examine(watch, policy_.limits, origin, nothingHappened, ports.survey, ports.probe);
    Plan plan = planRepair(examination.facts, examination.findings, watch);
    RepairOrder order{.policy = policy_,
                      .watch = watch,
                      .origin = origin,
                      .examination = std::move(examination),
                      .plan = std::move(plan),
                      .backupFolder = "C:\\data\\backup\\by-hand",
                      .begin = server_.now()};
    const auto ended = co_await attemptRepair(
        std::move(order), AttemptPorts{server_, state_, alerter_, ports, unrecorded_});
    REQUIRE(ended.has_value());
    outcome = *ended;
  }

  std::optional<RepairOutcome> outcome;

 private:
  SimulatedServer& server_;
  Policy policy_;
  StateKeeper state_;
  Alerter alerter_;
  Witness witness_;
  std::optional<UnrecordedEnd> unrecorded_;
  std::function<void(const LogEvent&)> service_;
};

/// The program ends right behind the last counter tool, before anything is verified: its journal
/// and its backup are left.
inline void killBehindLodctr(SimulatedServer& server) {
  server.onCall = [&server](const std::string& call) {
    if (call == "drain" && server.lockHeld && !server.toolsRun.empty()) {  // of the verification
      throw Killed{};
    }
  };
  Program program(server, policyFor(Mode::repair));
  server.logOpenFailure();
  CHECK_THROWS_AS(program.listen(), Killed);
  server.onCall = nullptr;
}

}  // namespace imshealth::testing
