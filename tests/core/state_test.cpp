// The state file: round trip, checksum, damage, generations.
#include "core/state.h"

#include "tests/core/simulated_server.h"

#include <boost/crc.hpp>
#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

using namespace imshealth;
using namespace imshealth::testing;

namespace {

State full() {
  State state;
  state.cursor = {3,    4711,          946684800, 946684801, "Perflib", 1008, 0xFFFFFFFFFFFFFFFF,
                  4712, "<Bookmark/>", "winevt",  946600000};
  state.api = "winevt";
  state.lastRead = timeFromSeconds(946684900);
  state.mode = Mode::repair;
  state.policyFile = "C:\\data\\policy.json";
  state.policySince = timeFromSeconds(946684850);
  state.incidents.push_back({.counterService = "MSExchangeIMC",
                             .cause = "openFailed",
                             .verdict = "coolDown",
                             .since = timeFromSeconds(1),
                             .lastEvent = timeFromSeconds(2),
                             .began = timeFromSeconds(0),
                             .lastEpoch = 3,
                             .lastRecord = 4,
                             .lastGenerated = 5,
                             .events = 20000,
                             .status = 0x8007085A,
                             .eventId = 1009});
  state.limits["MSExchangeIMC"] = {
      {timeFromSeconds(5)}, timeFromSeconds(6), true, "why", timeFromSeconds(7)};
  state.lastRepairs["MSExchangeIMC"] = {1, 2, timeFromSeconds(3), timeFromSeconds(4), true};
  state.journal =
      RepairJournal{"MSExchangeIMC",
                    timeFromSeconds(8),
                    "C:\\data\\backup\\x",
                    {{StepKind::registerLibrary, "regsvr32 /s x", StepResult::failed, 5, "note"}},
                    StepKind::unloadCounters,
                    true,
                    "unloadCounters",
                    "hang"};
  state.pendingAlerts.push_back({203, EventType::error, {"x"}});
  state.lastAlerts.push_back({timeFromSeconds(9), 200, {"a", "b\xC3\xB6", "100 % "}});
  state.proof = {"nonce", timeFromSeconds(10), timeFromSeconds(11), Milliseconds(12),
                 timeFromSeconds(13)};
  state.totals = {{{"MSExchangeIMC", {1, 2, 3, 4}}}, {{200, 5}, {320, 6}}};
  return state;
}

}  // namespace

TEST_CASE("The state survives a round trip whole") {
  CHECK(*readState(writeState(full())) == full());
  CHECK(*readState(writeState(State{})) == State{});
}

TEST_CASE("What is remembered of a service does not depend on how the policy spells it") {
  State state = full();
  CHECK(state.limits.at("msexchangeimc").circuitOpen);
  CHECK(state.lastRepairs.contains("MSEXCHANGEIMC"));
  CHECK(state.totals.services.contains("msexchangeimc"));
}

TEST_CASE("Two spellings of a service in the file of an older version become one, the stricter") {
  const std::string body =
      "{\"lastRepairs\":{\"imc\":{\"end\":7},\"IMC\":{\"end\":5}},"
      "\"limits\":{\"IMC\":{\"attempts\":[1,5],\"circuitOpen\":true,\"lastAttemptEnd\":6,"
      "\"lastReason\":\"old\"},"
      "\"imc\":{\"attempts\":[3],\"lastAttemptEnd\":4,\"lastReason\":\"new\"}},"
      "\"totals\":{\"services\":{\"IMC\":{\"failed\":2},\"imc\":{\"failed\":3}}}}";
  boost::crc_32_type crc;
  const std::string canonical = nlohmann::json::parse(body).dump();
  crc.process_bytes(canonical.data(), canonical.size());
  const auto state = readState(fmt::format(
      "{{\"format\":\"imshealth-state\",\"version\":1,\"checksum\":\"{:08x}\",\"state\":{}}}",
      crc.checksum(), canonical));
  REQUIRE(state.has_value());
  REQUIRE(state->limits.size() == 1);
  const LimitState& limits = state->limits.begin()->second;
  CHECK(limits.circuitOpen);
  CHECK(limits.lastReason == "old");
  CHECK(limits.attempts ==
        std::vector<Time>{Time(Milliseconds(1)), Time(Milliseconds(3)), Time(Milliseconds(5))});
  CHECK(limits.lastAttemptEnd == Time(Milliseconds(6)));
  CHECK(state->lastRepairs.at("Imc").end == Time(Milliseconds(7)));
  CHECK(state->totals.services.at("Imc").failed == 5);
}

TEST_CASE("Any flipped bit in the state file is noticed, or changes nothing") {
  const std::string text = writeState(full());
  for (std::size_t at = 0; at < text.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string damaged = text;
      damaged[at] = static_cast<char>(damaged[at] ^ 1 << bit);
      const auto state = readState(damaged);
      REQUIRE((!state || *state == full()));
    }
  }
}

TEST_CASE("A state file that is nested without end is noticed, and its reader survives") {
  constexpr std::size_t levels = 1'000'000;
  const std::string text = "{\"format\":\"imshealth-state\",\"state\":" + std::string(levels, '[') +
                           std::string(levels, ']') + "}";
  const auto state = readState(text);
  REQUIRE_FALSE(state.has_value());
  CHECK(state.error().kind == ErrorKind::corrupt);
}

TEST_CASE("A number that is not whole, or too large to be, is damage") {
  for (const char* number : {"1.5", "1e300", "18446744073709551616"}) {
    const auto state = readState(
        std::string("{\"format\":\"imshealth-state\",\"state\":{\"api\":") + number + "}}");
    REQUIRE_FALSE(state.has_value());
    CHECK_THAT(state.error().describe(), Catch::Contains("not whole"));
  }
}

TEST_CASE("A state of a later format version is set aside, not written again without what is new") {
  std::string text = writeState(full());
  const std::string_view version = "\"version\":1";
  text.replace(text.find(version), version.size(), "\"version\":2");
  REQUIRE_FALSE(readState(text).has_value());
  CHECK(readState(text).error().kind == ErrorKind::unsupported);

  SimulatedServer server;
  server.stateText = text;
  StateKeeper keeper(server);
  CHECK(*keeper.update([](State&) {}) == State{});
  CHECK(keeper.takeSetAside().size() == 1);
}

TEST_CASE("A state file that was cut off anywhere is noticed") {
  const std::string text = writeState(full());
  for (std::size_t length = 0; length + 2 < text.size(); ++length) {
    REQUIRE_FALSE(readState(text.substr(0, length)).has_value());
  }
}

TEST_CASE("Both generations damaged: the program starts afresh and says so") {
  SimulatedServer server;
  server.stateText = server.previousStateText = "{}";
  StateKeeper keeper(server);
  CHECK(*keeper.update([](State&) {}) == State{});
  CHECK(keeper.takeSetAside().size() == 2);
  CHECK(keeper.takeSetAside().empty());
}

TEST_CASE("Who only reads leaves a damaged file where it is, for the service to tell of it") {
  SimulatedServer server;
  server.stateText = "{}";
  server.previousStateText = writeState(full());
  StateKeeper keeper(server);
  CHECK(*keeper.read() == full());
  CHECK(keeper.takeSetAside().empty());
  CHECK(server.stateText == "{}");
}

TEST_CASE("A file that is larger than any state is a damaged one") {
  struct TooLarge : SimulatedServer {
    Result<std::string> read(StateFiles::Generation generation) const override {
      auto text = SimulatedServer::read(generation);
      return text && text->size() > 100000
                 ? Result<std::string>(Error(ErrorKind::unsupported, "state.json", 0, "too large"))
                 : text;
    }
    using SimulatedServer::read;
  } server;
  server.stateText = std::string(100001, ' ');
  server.previousStateText = writeState(full());
  StateKeeper keeper(server);
  CHECK(*keeper.update([](State& state) { state.lastRead.reset(); }) != full());
  CHECK(keeper.takeSetAside().size() == 1);
  CHECK(readState(server.stateText).has_value());
}

TEST_CASE("A damaged file that cannot be moved is told of once") {
  struct Stuck : SimulatedServer {
    Result<std::string> setAside(StateFiles::Generation) override {
      return Error(ErrorKind::inUse, "state.json", 32, "in use");
    }
  } server;
  server.stateText = "{}";
  StateKeeper keeper(server);
  CHECK(keeper.update([](State&) {}).has_value());
  CHECK(keeper.update([](State&) {}).has_value());
  CHECK(keeper.takeSetAside().size() == 1);
  CHECK(keeper.update([](State&) {}).has_value());
  CHECK(keeper.takeSetAside().empty());
}

TEST_CASE("A state that cannot be read now is not taken for a damaged one") {
  SimulatedServer server;
  server.stateText = writeState(full());
  server.calls = 0;
  server.failAtCall = 2;  // the lock is the first
  StateKeeper keeper(server);
  CHECK_FALSE(keeper.update([](State& state) { state.api = "x"; }).has_value());
  CHECK(keeper.takeSetAside().empty());
  CHECK(*readState(server.stateText) == full());
}

TEST_CASE("An update that changes nothing writes nothing") {
  SimulatedServer server;
  server.stateText = writeState(full());
  StateKeeper keeper(server);
  CHECK(keeper.update([](State&) {}).has_value());
  CHECK(server.previousStateText.empty());
}
