// What the event log does not take now is not lost: it is full, or its service is down.
#include "core/alerter.h"

#include "core/alerts.h"
#include "tests/core/simulated_server.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <vector>

using namespace imshealth;
using namespace imshealth::testing;

namespace {

/// An event log that is full, or gone, until it is `open`.
struct FullLog : AlertLog {
  Result<void> write(const Alert& alert) override {
    if (!open) {
      return Error(ErrorKind::unavailable, "ReportEvent", 1502, "the event log file is full");
    }
    written.push_back(alert.strings.front());
    return {};
  }

  bool open = false;
  std::vector<std::string> written;
};

Alert numbered(int number) {
  return {101, EventType::information, {std::to_string(number)}};
}

}  // namespace

TEST_CASE("Alerts that a full log did not take are written in their order when it has room") {
  SimulatedServer server;
  StateKeeper keeper(server);
  FullLog log;
  Alerter alerter(log, keeper, server);
  alerter.raise(numbered(1));
  alerter.raise(numbered(2));
  alerter.retry();
  CHECK(log.written.empty());
  CHECK(keeper.read()->pendingAlerts.size() == 2);

  log.open = true;
  alerter.raise(numbered(3));
  CHECK(log.written == std::vector<std::string>{"1", "2", "3"});
  CHECK(keeper.read()->pendingAlerts.empty());
  alerter.retry();
  CHECK(log.written.size() == 3);
}

TEST_CASE("The next run writes what this one could not") {
  SimulatedServer server;
  StateKeeper keeper(server);
  FullLog log;
  Alerter(log, keeper, server).raise(numbered(1));

  log.open = true;
  Alerter next(log, keeper, server);
  next.retry();
  CHECK(log.written == std::vector<std::string>{"1"});
  CHECK(keeper.read()->pendingAlerts.empty());
}

TEST_CASE("What a command could not write is written by the service that runs beside it") {
  SimulatedServer server;
  StateKeeper keeper(server);
  FullLog log;
  Alerter service(log, keeper, server);
  service.retry();
  SECTION("that has nothing to write itself") {
    Alerter(log, keeper, server).raise(numbered(2));
    log.open = true;
    service.retry();
    CHECK(log.written == std::vector<std::string>{"2"});
  }
  SECTION("that has something to write too") {
    service.raise(numbered(1));
    Alerter(log, keeper, server).raise(numbered(2));
    service.raise(numbered(3));
    CHECK(keeper.read()->pendingAlerts.size() == 3);
    log.open = true;
    service.retry();
    std::ranges::sort(log.written);
    CHECK(log.written == std::vector<std::string>{"1", "2", "3"});
  }
  CHECK(keeper.read()->pendingAlerts.empty());
  service.retry();
  CHECK(keeper.read()->pendingAlerts.empty());
}

TEST_CASE("A log that stays full does not fill the state: the newest alerts are kept") {
  SimulatedServer server;
  StateKeeper keeper(server);
  FullLog log;
  Alerter alerter(log, keeper, server);
  const int more = static_cast<int>(State::maxPending) + 5;
  for (int i = 1; i <= more; ++i) {
    alerter.raise(numbered(i));
  }
  log.open = true;
  alerter.retry();
  CHECK(log.written.size() == State::maxPending);
  CHECK(log.written.front() == "6");
  CHECK(log.written.back() == std::to_string(more));
}
