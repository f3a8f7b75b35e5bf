#include "core/match.h"

#include <catch2/catch.hpp>

using namespace imshealth;

namespace {

Policy watching(std::vector<std::uint16_t> alsoOn = {}) {
  WatchPolicy watch;
  watch.counterService = "MSExchangeIMC";
  watch.alsoOn = std::move(alsoOn);
  Policy policy;
  policy.watch = {watch};
  return policy;
}

LogEvent perflib(std::uint32_t id, std::vector<std::string> strings,
                 std::vector<std::uint8_t> data = {}) {
  LogEvent event;
  event.recordNumber = 12;
  event.timeGenerated = 99;
  event.eventId = id;
  event.source = "Perflib";
  event.strings = std::move(strings);
  event.data = std::move(data);
  return event;
}

const std::string library = "C:\\exchsrvr\\bin\\imsperf.dll";

}  // namespace

TEST_CASE("Event 1008 of a watched service is an open failure, in every shape") {
  LogEvent event = perflib(0xC00003F0, {"MSExchangeIMC", library}, {0x7F, 0, 0, 0});
  SECTION("four bytes of data") {}
  SECTION("eight bytes of data: only the first four are the status") {
    event.data = {0x7F, 0, 0, 0, 1, 2, 3, 4};
  }
  SECTION("the provider's new name") {
    event.source = "Microsoft-Windows-Perflib";
  }
  SECTION("manifest form: no qualifiers, a warning") {
    event.eventId = 1008;
    event.type = EventType::warning;
  }
  SECTION("manifest form through the classic API: the status is the third string") {
    event.eventId = 1008;
    event.strings.push_back("127");
    event.data.clear();
  }
  SECTION("the service in another case") {
    event.strings[0] = "MSEXCHANGEIMC";
  }
  const auto failure = matchOpenFailure(event, watching());
  REQUIRE(failure);
  CHECK(failure->counterService == "MSExchangeIMC");
  CHECK(failure->recordNumber == 12);
  CHECK(failure->timeGenerated == 99);
  CHECK(failure->eventId == 1008);
  CHECK(failure->status == 127u);
}

TEST_CASE("A status that is not there is not zero") {
  CHECK(matchOpenFailure(perflib(0xC00003F0, {"MSExchangeIMC", library}), watching())->status ==
        std::nullopt);
  CHECK(matchOpenFailure(perflib(0xC00003F0, {"MSExchangeIMC", library}, {1, 2, 3}), watching())
            ->status == std::nullopt);
}

TEST_CASE("Near misses are not open failures") {
  LogEvent event = perflib(0xC00003F0, {"MSExchangeIMC", library}, {5, 0, 0, 0});
  SECTION("another service") {
    event.strings[0] = "MSExchangeMTA";
  }
  SECTION("the service as a part of a name") {
    event.strings[0] = "MSExchangeIMC2";
  }
  SECTION("the service in second place") {
    event.strings = {library, "MSExchangeIMC"};
  }
  SECTION("the MTA's own 1008 (Q152877)") {
    event.source = "MSExchangeMTA";
  }
  SECTION("a source that begins like Perflib") {
    event.source = "Perflib2";
  }
  SECTION("LoadPerf") {
    event.source = "LoadPerf";
  }
  SECTION("another id") {
    event.eventId = 0xC00003F2;
  }
  SECTION("no strings") {
    event.strings.clear();
  }
  SECTION("an unwatched related id") {
    event.eventId = 0xC00003ED;
  }
  SECTION("case outside ASCII is not folded") {
    event.strings[0] = "MSExchangeİMC";
  }
  CHECK_FALSE(matchOpenFailure(event, watching()));
}

TEST_CASE("A related id opens an incident only where the policy adds it") {
  const std::uint16_t id = GENERATE(as<std::uint16_t>(), 1005, 1006, 1007, 1009, 1011, 1017);
  const LogEvent event = perflib(0xC0000000 | id, {"OpenProc", library, "msexchangeimc"});
  CHECK_FALSE(matchOpenFailure(event, watching()));
  CHECK(matchOpenFailure(event, watching({id})));
  const LogEvent other = perflib(0xC0000000 | id, {"OpenProc", library, "MSExchangeMTA"});
  CHECK_FALSE(matchOpenFailure(other, watching({id})));
}

TEST_CASE("An id that cannot stand for an open failure is never taken") {
  CHECK_FALSE(matchOpenFailure(perflib(1010, {"MSExchangeIMC", library}), watching({1010})));
}

TEST_CASE("Event 1023 names no service: the library's file name tells it") {
  Policy policy = watching({1023});
  const LogEvent event = perflib(1023, {library, "126"});
  const auto failure = matchOpenFailure(event, policy);
  REQUIRE(failure);
  CHECK(failure->eventId == 1023);
  CHECK(failure->status == 126u);
  CHECK(matchOpenFailure(perflib(1023, {"GWPERF.DLL", "126"}), policy));
  CHECK_FALSE(matchOpenFailure(perflib(1023, {"C:\\x\\perfts.dll", "126"}), policy));
  policy.watch[0].library = "ourperf.dll";
  CHECK_FALSE(matchOpenFailure(event, policy));
  CHECK(matchOpenFailure(perflib(1023, {"D:/bin/OurPerf.dll"}), policy));
  policy.watch[0].library.reset();
  policy.watch[0].counterService = "MSExchangeMTA";
  CHECK_FALSE(matchOpenFailure(event, policy));
}

TEST_CASE("LoadPerf and Perflib are known under both of their names") {
  LogEvent event;
  event.source = GENERATE(as<std::string>(), "LoadPerf", "loadperf", "Microsoft-Windows-LoadPerf");
  CHECK(isFromLoadPerf(event));
  CHECK_FALSE(isFromPerflib(event));
}
