// Proof of hearing: once a day an event of our own travels the whole way, and what does not come
// back is an alert.
#include "core/hearing_check.h"

#include "core/match.h"
#include "tests/core/simulated_server.h"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace imshealth;
using namespace imshealth::testing;
using namespace std::chrono_literals;
using Ids = std::vector<std::uint16_t>;

namespace {

/// A running service of which only the hearing is looked at. What it writes comes back through the
/// log as long as `hears`.
struct Service {
  explicit Service(SimulatedServer& theServer) : server(theServer) { check.takeUp(); }

  /// What the engine does each minute; then the log is read.
  void minute() {
    check.safetyCheck();
    read();
    server.advance(60s);
  }
  void minutes(int count) {
    for (int i = 0; i < count; ++i) {
      minute();
    }
  }
  void read() {
    for (; hears && delivered < server.alerts.size(); ++delivered) {
      const Alert& alert = server.alerts[delivered];
      LogEvent event;
      event.source = "ImsHealth";
      event.eventId = 0x40000000u | alert.id;
      event.strings = alert.strings;
      server.advance(latency);
      check.heard(event);
    }
    check.caughtUp();
  }
  HearingProof proof() { return state.read()->proof; }
  int sent() const {
    const Ids ids = server.alertIds();
    return static_cast<int>(std::count(ids.begin(), ids.end(), proofOfHearingId));
  }
  int count(std::uint16_t id) const {
    const Ids ids = server.alertIds();
    return static_cast<int>(std::count(ids.begin(), ids.end(), id));
  }

  SimulatedServer& server;
  StateKeeper state{server};
  Alerter alerter{server, state, server};
  HearingCheck check{server, state, alerter};
  bool hears = true;
  Milliseconds latency{40};
  std::size_t delivered = 0;
};

constexpr int minutesOfADay = 24 * 60;

}  // namespace

TEST_CASE("The first proof is sent with the first check, and its latency measured") {
  SimulatedServer server;
  Service service(server);
  CHECK_FALSE(service.proof().heard);
  service.minute();
  CHECK(server.alertIds() == Ids{900});
  CHECK(service.proof().heard == service.proof().sent + 40ms);
  CHECK(service.proof().latency == 40ms);
  CHECK(service.proof().nonce.empty());
}

TEST_CASE("Proofs are sent once a day, also across restarts") {
  SimulatedServer server;
  {
    Service service(server);
    service.minutes(minutesOfADay / 2);
    CHECK(service.sent() == 1);
  }
  Service service(server);
  service.delivered = server.alerts.size();
  service.minutes(minutesOfADay / 2 - 1);
  CHECK(service.sent() == 1);
  service.minutes(2);
  CHECK(service.sent() == 2);
  service.minutes(3 * minutesOfADay);
  CHECK(service.sent() == 5);
  CHECK(service.count(330) == 0);
}

TEST_CASE("A proof that does not come back is one alert an outage; the next one heard ends it") {
  SimulatedServer server;
  Service service(server);
  service.hears = false;
  service.minutes(2);
  CHECK(server.alertIds() == Ids{900});
  service.minute();
  CHECK(server.alertIds() == Ids{900, 330});
  CHECK(server.alerts.back().strings == std::vector<std::string>{"Application", "120"});
  CHECK(service.proof().lostSince);

  service.minutes(180);  // tried again each hour, and not told again
  CHECK(service.count(330) == 1);
  CHECK(service.sent() == 4);

  service.hears = true;
  service.minute();
  CHECK(server.alertIds().back() == 331);
  CHECK_FALSE(service.proof().lostSince);
  CHECK(service.count(331) == 1);
  service.minutes(60);
  CHECK(service.count(331) == 1);
}

TEST_CASE("A second outage is told again") {
  SimulatedServer server;
  Service service(server);
  for (int outage = 1; outage <= 2; ++outage) {
    service.hears = false;
    service.minutes(minutesOfADay + 3);
    CHECK(service.count(330) == outage);
    service.hears = true;
    service.minutes(61);
    CHECK(service.count(331) == outage);
  }
}

TEST_CASE("An outage outlives a restart of the service") {
  SimulatedServer server;
  {
    Service service(server);
    service.hears = false;
    service.minutes(4);
    CHECK(service.count(330) == 1);
  }
  Service service(server);
  service.delivered = server.alerts.size();
  service.minute();
  CHECK(service.count(330) == 1);
  CHECK(service.count(331) == 1);
}

TEST_CASE("A stop while a proof is under way proves nothing; the next start sends another") {
  SimulatedServer server;
  {
    Service service(server);
    service.hears = false;
    service.minute();
  }
  server.advance(7h);
  Service service(server);
  service.read();  // the event of the last run is still in the log
  CHECK_FALSE(service.proof().heard);
  service.minute();
  CHECK(service.sent() == 2);
  CHECK(service.proof().latency == 40ms);
  CHECK(service.count(330) == 0);
}

TEST_CASE("The command line sends a proof that the service hears") {
  SimulatedServer server;
  Service service(server);
  service.minutes(10);
  StateKeeper commandsState(server);
  Alerter commandsAlerter(server, commandsState, server);
  const auto sent = sendProof(server, commandsState, commandsAlerter, "command");
  REQUIRE(sent.has_value());
  CHECK(service.proof().nonce.starts_with("command-"));
  service.latency = 250ms;
  service.read();
  CHECK(service.proof().heard == *sent + 250ms);
  CHECK(service.proof().latency == 250ms);
}

TEST_CASE("Only the nonce under way is a proof: not an earlier one, nor somebody else's event") {
  SimulatedServer server;
  Service service(server);
  service.hears = false;
  service.minute();
  const HearingProof before = service.proof();
  LogEvent forged;
  forged.source = "ImsHealth";
  forged.eventId = 0x40000384;
  const auto hear = [&](LogEvent event) {
    service.check.heard(event);
    service.check.caughtUp();
    return service.proof() != before;
  };
  for (const char* text : {"", "service-1", "x"}) {
    forged.strings = {text};
    CHECK_FALSE(hear(forged));
  }
  forged.strings = {before.nonce, "more"};
  CHECK_FALSE(hear(forged));
  forged.strings = {before.nonce};
  forged.source = "Perflib";
  CHECK_FALSE(hear(forged));
  forged.source = "ImsHealth";
  forged.eventId = 901;
  CHECK_FALSE(hear(forged));
  forged.eventId = 0x40000384;
  CHECK(hear(forged));
}

TEST_CASE("A flood of forged proofs is looked up once, and writes nothing") {
  SimulatedServer server;
  Service service(server);
  service.minute();
  const std::string before = server.stateText;
  LogEvent forged;
  forged.source = "ImsHealth";
  forged.eventId = 900;
  for (int i = 0; i < 20'000; ++i) {
    forged.strings = {"forged-" + std::to_string(i)};
    service.check.heard(forged);
  }
  const int calls = server.calls;
  service.check.caughtUp();
  CHECK(server.calls - calls <= 2);  // lock and read
  CHECK(server.stateText == before);
}

TEST_CASE("Our own events open no incident") {
  const Policy policy = policyFor(Mode::repair);
  for (const std::uint32_t id : {100, 200, 330, 900, 1008}) {
    LogEvent event;
    event.source = "ImsHealth";
    event.eventId = id;
    event.strings = {imcKey, libraryPath};
    CHECK_FALSE(matchOpenFailure(event, policy));
  }
}

TEST_CASE("A clock that was set back puts a proof off by a day at most") {
  SimulatedServer server;
  Service service(server);
  service.minute();
  server.now_ -= 24h * 365;
  service.minutes(minutesOfADay - 1);
  CHECK(service.sent() == 1);
  service.minutes(3);
  CHECK(service.sent() == 2);
  CHECK(service.proof().latency == 40ms);
}

TEST_CASE("A clock that is set back while a proof is under way gives no negative latency") {
  SimulatedServer server;
  Service service(server);
  service.hears = false;
  service.minute();
  server.now_ -= 1h;
  service.hears = true;
  service.read();
  CHECK(service.proof().heard);
  CHECK(service.proof().latency == 0ms);
}

TEST_CASE("Whatever call fails, hearing is proved in the end, and nothing is written twice") {
  int calls = 0;
  {
    SimulatedServer server;
    Service service(server);
    service.minute();
    calls = server.calls;
  }
  REQUIRE(calls > 5);
  for (int call = 1; call <= calls; ++call) {
    CAPTURE(call);
    SimulatedServer server;
    server.failAtCall = call;
    Service service(server);
    service.minute();
    const int sent = service.sent();
    CHECK(sent <= 1);
    CHECK(service.state.read()->pendingAlerts.empty());  // a proof is written now or not at all
    service.minutes(130);
    CHECK(service.proof().heard);
    CHECK(service.sent() == 1);
    CHECK(service.count(330) == service.count(331));
  }
}
