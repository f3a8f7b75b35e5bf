#include "service/service_control.h"

#include <catch2/catch.hpp>

#include <vector>

using namespace imshealth;

namespace {

std::vector<DWORD> states;
DWORD accepted = 0;

BOOL WINAPI record(SERVICE_STATUS_HANDLE, SERVICE_STATUS* status) {
  states.push_back(status->dwCurrentState);
  accepted = status->dwControlsAccepted;
  return TRUE;
}

struct Engine {
  std::vector<std::string> asked;
  EngineRequests requests{[this](const std::string& reason) { asked.push_back("stop: " + reason); },
                          [this](bool paused) { asked.push_back(paused ? "pause" : "continue"); },
                          [this] { asked.push_back("policy"); }};
};

/// A service that runs.
struct Running {
  Running() {
    states.clear();
    status.running();
    states.clear();
  }
  ServiceStatus status{acceptedBeyondStop(6), record};
  Engine engine;

  DWORD gets(DWORD control) { return handleControl(control, status, engine.requests); }
};

}  // namespace

TEST_CASE("STOP, SHUTDOWN and PRESHUTDOWN say that it stops, then ask the engine for it") {
  const auto [control, reason] = GENERATE(table<DWORD, std::string>(
      {{SERVICE_CONTROL_STOP, "stop: stopped by the service control manager"},
       {SERVICE_CONTROL_SHUTDOWN, "stop: the machine shuts down"},
       {SERVICE_CONTROL_PRESHUTDOWN, "stop: the machine shuts down"}}));
  Running service;
  CHECK(service.gets(control) == NO_ERROR);
  CHECK(states == std::vector<DWORD>{SERVICE_STOP_PENDING});
  CHECK(accepted == 0);
  CHECK(service.engine.asked == std::vector<std::string>{reason});
}

TEST_CASE("PAUSE and CONTINUE") {
  Running service;
  CHECK(service.gets(SERVICE_CONTROL_PAUSE) == NO_ERROR);
  CHECK(service.gets(SERVICE_CONTROL_CONTINUE) == NO_ERROR);
  CHECK(states == std::vector<DWORD>{SERVICE_PAUSED, SERVICE_RUNNING});
  CHECK(service.engine.asked == std::vector<std::string>{"pause", "continue"});
}

TEST_CASE("a pause that comes while it stops changes nothing any more") {
  Running service;
  service.gets(SERVICE_CONTROL_STOP);
  service.gets(SERVICE_CONTROL_PAUSE);
  CHECK(service.status.state() == SERVICE_STOP_PENDING);
}

TEST_CASE("PARAMCHANGE has the policy looked at, in any state") {
  Running service;
  CHECK(service.gets(SERVICE_CONTROL_PARAMCHANGE) == NO_ERROR);
  CHECK(states.empty());
  CHECK(service.engine.asked == std::vector<std::string>{"policy"});
}

TEST_CASE("INTERROGATE claims no progress") {
  Running service;
  service.gets(SERVICE_CONTROL_STOP);
  states.clear();
  CHECK(service.gets(SERVICE_CONTROL_INTERROGATE) == NO_ERROR);
  CHECK(states.empty());
}

TEST_CASE("a control that is not ours is refused") {
  Running service;
  CHECK(service.gets(200) == ERROR_CALL_NOT_IMPLEMENTED);
  CHECK(service.engine.asked.empty());
}

TEST_CASE("each system is offered only the controls that it knows") {
  CHECK(acceptedBeyondStop(4) == SERVICE_ACCEPT_SHUTDOWN);
  CHECK(acceptedBeyondStop(5) == (SERVICE_ACCEPT_SHUTDOWN | SERVICE_ACCEPT_PARAMCHANGE));
  CHECK(acceptedBeyondStop(10) ==
        (SERVICE_ACCEPT_SHUTDOWN | SERVICE_ACCEPT_PARAMCHANGE | SERVICE_ACCEPT_PRESHUTDOWN));
}
