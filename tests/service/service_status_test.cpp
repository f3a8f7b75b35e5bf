#include "service/service_status.h"

#include <catch2/catch.hpp>

#include <vector>

using namespace imshealth;

namespace {

std::vector<SERVICE_STATUS> reports;

BOOL WINAPI record(SERVICE_STATUS_HANDLE, SERVICE_STATUS* status) {
  reports.push_back(*status);
  return TRUE;
}

}  // namespace

TEST_CASE("check points rise in a pending state and controls are accepted when running") {
  reports.clear();
  ServiceStatus status(SERVICE_ACCEPT_SHUTDOWN, record);
  status.startPending();
  status.progress();
  status.running();
  status.progress();
  REQUIRE(reports.size() == 3);
  CHECK(reports[0].dwCheckPoint == 1);
  CHECK(reports[0].dwControlsAccepted == 0);
  CHECK(reports[1].dwCheckPoint == 2);
  CHECK(reports[2].dwCurrentState == SERVICE_RUNNING);
  CHECK(reports[2].dwCheckPoint == 0);
  CHECK(reports[2].dwControlsAccepted ==
        (SERVICE_ACCEPT_STOP | SERVICE_ACCEPT_PAUSE_CONTINUE | SERVICE_ACCEPT_SHUTDOWN));
}

TEST_CASE("nothing hides that it is stopping") {
  reports.clear();
  ServiceStatus status(0, record);
  status.running();
  status.stopPending();
  status.paused();
  status.running();
  CHECK(status.state() == SERVICE_STOP_PENDING);
  status.stopped(0);
  CHECK(reports.back().dwCurrentState == SERVICE_STOPPED);
  CHECK(reports.back().dwWin32ExitCode == NO_ERROR);
}

TEST_CASE("a failed start has a service-specific exit code") {
  reports.clear();
  ServiceStatus status(0, record);
  status.startPending();
  status.stopped(1);
  CHECK(reports.back().dwWin32ExitCode == ERROR_SERVICE_SPECIFIC_ERROR);
  CHECK(reports.back().dwServiceSpecificExitCode == 1);
}
