// What the metrics count: each alert once, incidents and repairs by counter service, over restarts.
#include "core/alerter.h"
#include "core/alerts.h"
#include "tests/core/simulated_server.h"

#include <catch2/catch.hpp>

using namespace imshealth;
using namespace imshealth::testing;

TEST_CASE("Incidents and repairs are counted by counter service, each alert by its id") {
  SimulatedServer server;
  for (int start = 0; start < 2; ++start) {  // the counts outlive the program
    StateKeeper keeper(server);
    Alerter alerter(server, keeper, server);
    alerter.raise(
        alerts::incidentOpened("MSExchangeIMC", Cause::openFailed, "why", Verdict::repair, 2));
    alerter.raise(alerts::repairFailed("MSExchangeIMC", "verify", "why", true));
    alerter.raise(
        alerts::incidentOpened("MSExchangeMTA", Cause::unknown, "why", Verdict::alert, {}));
    alerter.raise(alerts::repairNotAttempted("MSExchangeMTA", Verdict::coolDown));
  }
  StateKeeper keeper(server);
  Alerter(server, keeper, server)
      .raise(alerts::repairVerified("MSExchangeIMC", "all", Milliseconds(1)));
  const Totals totals = keeper.read()->totals;
  CHECK(totals.services.at("MSExchangeIMC") ==
        ServiceTotals{.incidents = 2, .repaired = 1, .failed = 2, .notAttempted = 0});
  CHECK(totals.services.at("MSExchangeMTA") ==
        ServiceTotals{.incidents = 2, .repaired = 0, .failed = 0, .notAttempted = 2});
  CHECK(totals.alerts ==
        std::map<std::uint16_t, std::uint64_t>{{200, 4}, {202, 1}, {203, 2}, {204, 2}});
}
