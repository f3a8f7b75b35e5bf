// Whatever call fails, and however often: reading comes to rest, and says it once.
#include "core/listen.h"
#include "tests/core/simulated_server.h"
#include "tests/support/fake_event_log.h"

#include <catch2/catch.hpp>

#include <string>

using namespace imshealth;
using namespace imshealth::test;

namespace {

/// What Listening::run does with it: `more` is read on at once, an error or the end is waited for.
struct Reading {
  std::size_t losses = 0;
  int atOnce = 0;  ///< reads without any pause
};

template <class Reader>
Reading readOn(Reader& reader) {
  Reading reading;
  while (reading.atOnce < 1000) {
    const auto delivery = reader.read();
    if (!delivery) {
      return reading;
    }
    reading.losses += delivery->losses.size();
    if (!delivery->more) {
      return reading;
    }
    ++reading.atOnce;
  }
  return reading;
}

struct ClassicFailing : FakeClassicApi {
  using FakeClassicApi::FakeClassicApi;
  std::string call;  ///< the one that fails, each time
  std::uint32_t error = 0;
  ReadResult readNext(std::span<std::uint8_t> buffer) override {
    return call == "readNext" ? ReadResult{error, 0} : FakeClassicApi::readNext(buffer);
  }
  ReadResult readFrom(std::uint32_t number, std::span<std::uint8_t> buffer) override {
    return call == "readFrom" ? ReadResult{error, 0} : FakeClassicApi::readFrom(number, buffer);
  }
  NumberResult oldest() override {
    return call == "oldest" ? NumberResult{error, 0} : FakeClassicApi::oldest();
  }
  NumberResult count() override {
    return call == "count" ? NumberResult{error, 0} : FakeClassicApi::count();
  }
};

struct WinevtFailing : FakeWinevtApi {
  using FakeWinevtApi::FakeWinevtApi;
  std::string call;  ///< the one that fails, each time
  std::uint32_t error = 0;
  std::uint32_t subscribe(Start start, const std::string& bookmark) override {
    return call == "subscribe" ? error : FakeWinevtApi::subscribe(start, bookmark);
  }
  Batch next(unsigned atMost) override {
    if (call == "next") {
      Batch batch;
      batch.error = error;
      return batch;
    }
    return FakeWinevtApi::next(atMost);
  }
  LogState logState() override {
    return call == "logState" ? LogState{error, 0, 0} : FakeWinevtApi::logState();
  }
};

}  // namespace

TEST_CASE("A log that is corrupt behind the cursor is told once, and waited for") {
  FakeLog log;
  ClassicFailing api(log);
  log.write("a");
  ClassicReader reader(api, std::nullopt, 0);
  (void)readOn(reader);
  api.call = "readNext";
  api.error =
      win32::eventLogFileCorrupt;  // what has been read can be read again, what follows cannot
  const Reading reading = readOn(reader);
  CHECK(reading.losses <= 1);
  CHECK(reading.atOnce < 20);
}

TEST_CASE("A newest record whose length leads nowhere is told once") {
  FakeLog log;
  FakeClassicApi api(log);
  log.write("a");
  ClassicReader reader(api, std::nullopt, 0);
  (void)readOn(reader);
  log.write("b").unusable = true;
  const Reading reading = readOn(reader);
  CHECK(reading.losses <= 1);
  CHECK(reading.atOnce < 20);
}

TEST_CASE("A subscription that goes stale each time is waited for, and told once") {
  const std::uint32_t error = GENERATE(
      win32::evtQueryResultStale, win32::evtQueryResultInvalidPosition, win32::invalidParameter);
  FakeLog log;
  WinevtFailing api(log);
  log.write("a");
  WinevtReader reader(api, std::nullopt, 0);
  (void)readOn(reader);
  api.call = "next";
  api.error = error;
  const Reading reading = readOn(reader);
  CHECK(reading.losses <= 1);
  CHECK(reading.atOnce < 20);
}

TEST_CASE("No error of one call of the classic log keeps the reader busy") {
  const std::string call = GENERATE("readNext", "readFrom", "oldest", "count");
  const std::uint32_t error = GENERATE(5u, 6u, 38u, 87u, 122u, 1500u, 1503u, 1717u, 1722u);
  CAPTURE(call, error);
  FakeLog log;
  ClassicFailing api(log);
  log.write("a");
  ClassicReader reader(api, std::nullopt, 0);
  (void)readOn(reader);
  log.write("b");
  api.call = call;
  api.error = error;
  Reading reading = readOn(reader);
  CHECK(reading.atOnce < 20);
  reading = readOn(reader);  // after the pause
  CHECK(reading.atOnce < 20);
  CHECK(reading.losses <= 1);
}

TEST_CASE("No error of one call of the subscription keeps the reader busy") {
  const std::string call = GENERATE("subscribe", "next", "logState");
  const std::uint32_t error =
      GENERATE(5u, 6u, 87u, 1168u, 1717u, 1722u, 1734u, 1818u, 4317u, 15007u, 15011u, 15012u);
  CAPTURE(call, error);
  FakeLog log;
  WinevtFailing api(log);
  log.write("a");
  WinevtReader reader(api, std::nullopt, 0);
  (void)readOn(reader);
  log.write("b");
  api.call = call;
  api.error = error;
  Reading reading = readOn(reader);
  CHECK(reading.atOnce < 20);
  reading = readOn(reader);
  CHECK(reading.atOnce < 20);
  CHECK(reading.losses <= 1);
}

TEST_CASE("Reading a corrupt log once does not write thousands of alerts") {
  struct Source : EventSource {
    explicit Source(ClassicLogApi& api) : reader(api, std::nullopt, 0) {}
    std::string_view api() const override { return "classic"; }
    Result<Delivery> read() override { return reader.read(); }
    boost::asio::awaitable<bool> waitForChange(Milliseconds) override { co_return false; }
    ClassicReader reader;
  };
  struct Alerts : Listener {
    void onEvent(const LogEvent&) override {}
    void onAlert(const Alert& alert) override { ids.push_back(alert.id); }
    void onPosition(const Cursor&, bool) override {}
    std::vector<std::uint16_t> ids;
  };
  FakeLog log;
  ClassicFailing api(log);
  log.write("a");
  Source source(api);
  Alerts alerts;
  testing::SimulatedServer server;
  Listening listening(source, alerts, server, server);
  REQUIRE(listening.drain().has_value());
  api.call = "readNext";
  api.error = win32::eventLogFileCorrupt;
  (void)listening.drain();  // as the verification of a repair does, without giving way to a stop
  CHECK(alerts.ids.size() <= 2);
}
