// The engine on a simulated server: one program run after another over the same world.
#pragma once

#include "tests/core/simulated_server.h"

#include <boost/asio/co_spawn.hpp>
#include <catch2/catch.hpp>

#include <memory>

namespace imshealth::testing {

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
    boost::asio::co_spawn(*server.io, monitor.takeUp(), [](std::exception_ptr failure) {
      if (failure) {
        std::rethrow_exception(failure);
      }
    });
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
