#include "core/listen.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include <deque>

using namespace imshealth;
using boost::asio::awaitable;

namespace {

struct FakeClock : Clock {
  Time time = timeFromSeconds(1'000'000);
  Time now() const override { return time; }
  LocalTime local(Time) const override { return {}; }
};

/// Each read() takes the next scripted answer; without one the log is quiet.
struct ScriptedSource : EventSource {
  std::deque<Result<Delivery>> answers;
  int waits = 0;
  int stopAfterWaits = 1;
  std::vector<Milliseconds> waited;

  std::string_view api() const override { return "scripted"; }
  Result<Delivery> read() override {
    if (answers.empty()) {
      return Delivery{};
    }
    auto answer = answers.front();
    answers.pop_front();
    return answer;
  }
  awaitable<bool> waitForChange(Milliseconds atMost) override {
    waited.push_back(atMost);
    co_return ++waits < stopAfterWaits;
  }
};

struct FakeSleeper : Sleeper {
  FakeClock& clock;
  std::vector<Milliseconds> slept;
  std::size_t stopAfter = 1000;
  explicit FakeSleeper(FakeClock& c) : clock(c) {}
  awaitable<bool> sleep(Milliseconds duration) override {
    clock.time += duration;
    if (duration != Milliseconds(0)) {
      slept.push_back(duration);
    }
    co_return slept.size() < stopAfter;
  }
};

struct Recorder : Listener {
  std::vector<std::string> log;
  void onEvent(const LogEvent& event) override { log.push_back("event " + event.source); }
  void onAlert(const Alert& alert) override {
    std::string line = "alert " + std::to_string(alert.id);
    for (const std::string& text : alert.strings) {
      line += "|" + text;
    }
    log.push_back(line);
  }
  void onPosition(const Cursor& cursor, bool saveNow) override {
    log.push_back((saveNow ? "position " : "on the way ") + std::to_string(cursor.recordNumber));
  }
};

struct World {
  FakeClock clock;
  ScriptedSource source;
  FakeSleeper sleeper{clock};
  Recorder recorder;
  Listening listening{source, recorder, sleeper, clock};

  void run() {
    boost::asio::io_context context;
    boost::asio::co_spawn(context, listening.run(), boost::asio::detached);
    context.run();
  }
};

Delivery delivery(const std::vector<std::string>& sources, std::uint64_t record, bool more) {
  Delivery result;
  for (const std::string& source : sources) {
    LogEvent event;
    event.source = source;
    result.events.push_back(event);
  }
  result.cursor.recordNumber = record;
  result.more = more;
  return result;
}

Error unavailable() {
  return Error(ErrorKind::unavailable, "ReadEventLog", 1722,
               "the event log service is not running");
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("Events are handed on in order, and the position behind them once they are handled") {
  World world;
  world.source.answers = {delivery({"a", "b"}, 2, true), delivery({"c"}, 3, false)};
  world.run();
  CHECK(world.recorder.log == Lines{"event a", "event b", "on the way 2", "event c", "position 3"});
  CHECK(world.source.waited == std::vector{Milliseconds(60'000)});
}

TEST_CASE("A quiet log saves nothing again") {
  World world;
  world.source.stopAfterWaits = 5;
  world.source.answers = {delivery({}, 7, false), delivery({}, 7, false)};
  world.run();
  CHECK(std::count(world.recorder.log.begin(), world.recorder.log.end(), "position 7") == 1);
  CHECK(world.sleeper.slept.empty());
}

TEST_CASE(
    "What may be unsaved is to be saved at the end of the log, and behind a loss that was told") {
  World world;
  Delivery lost = delivery({"b"}, 9, true);
  lost.losses = {{2, 8, "overwritten"}};
  world.source.answers = {delivery({"a"}, 1, true), lost, delivery({"c"}, 10, true),
                          delivery({}, 10, true), delivery({}, 10, false)};
  world.run();
  CHECK(world.recorder.log == Lines{"event a", "on the way 1",
                                    "alert 300|Application|2|8|overwritten", "event b",
                                    "position 9", "event c", "on the way 10", "position 10"});
}

TEST_CASE("A loss becomes alert 300 with its records where they are known") {
  World world;
  Delivery lost = delivery({}, 9, false);
  lost.losses = {{4, 8, "overwritten"}, {0, 0, "the log was cleared"}};
  world.source.answers = {lost};
  world.run();
  CHECK(world.recorder.log == Lines{"alert 300|Application|4|8|overwritten",
                                    "alert 300|Application|unknown|unknown|the log was cleared",
                                    "position 9"});
}

TEST_CASE("An outage is told once, tried again from 1 s to 60 s for ever, and its end is told") {
  World world;
  for (int i = 0; i < 9; ++i) {
    world.source.answers.push_back(unavailable());
  }
  world.source.answers.push_back(delivery({"a"}, 1, false));
  world.run();
  std::vector<int> seconds;
  for (const Milliseconds pause : world.sleeper.slept) {
    seconds.push_back(static_cast<int>(pause / std::chrono::seconds(1)));
  }
  CHECK(seconds == std::vector{1, 2, 4, 8, 16, 32, 60, 60, 60});
  REQUIRE(world.recorder.log.size() == 4);
  CHECK(world.recorder.log[0].rfind("alert 320|Application|", 0) == 0);
  CHECK(world.recorder.log[0].find("1722") != std::string::npos);
  CHECK(world.recorder.log[0].substr(world.recorder.log[0].rfind('|')) == "|1");
  CHECK(world.recorder.log[1] == "alert 321|Application|243");
  CHECK(world.recorder.log[2] == "event a");
}

TEST_CASE("The next outage is told again and begins with a short pause") {
  World world;
  world.source.stopAfterWaits = 2;
  world.source.answers = {unavailable(), unavailable(), delivery({}, 1, false), unavailable(),
                          delivery({}, 2, false)};
  world.run();
  CHECK(world.sleeper.slept ==
        std::vector{Milliseconds(1000), Milliseconds(2000), Milliseconds(1000)});
  CHECK(std::count_if(world.recorder.log.begin(), world.recorder.log.end(),
                      [](const auto& line) { return line.rfind("alert 320", 0) == 0; }) == 2);
}

TEST_CASE("An outage whose own alert is read before the next error is one outage") {
  World world;
  for (int i = 0; i < 5; ++i) {
    world.source.answers.push_back(unavailable());
    world.source.answers.push_back(delivery({"own"}, 1, true));
  }
  world.source.answers.push_back(delivery({}, 1, false));
  world.run();
  const auto alerts = [&](const std::string& id) {
    return std::count_if(world.recorder.log.begin(), world.recorder.log.end(),
                         [&](const auto& line) { return line.rfind("alert " + id, 0) == 0; });
  };
  CHECK(alerts("320") == 1);
  CHECK(alerts("321") == 1);
  CHECK(world.sleeper.slept.back() == Milliseconds(16'000));
}

TEST_CASE("Told to stop during an outage, it stops") {
  World world;
  world.sleeper.stopAfter = 1;
  for (int i = 0; i < 100; ++i) {
    world.source.answers.push_back(unavailable());
  }
  world.run();
  CHECK(world.sleeper.slept.size() == 1);
}

TEST_CASE("Draining reads everything written so far, at once") {
  World world;
  world.source.answers = {delivery({"a"}, 1, true), delivery({"b"}, 2, true),
                          delivery({}, 2, false)};
  REQUIRE(world.listening.drain().has_value());
  CHECK(world.recorder.log ==
        Lines{"event a", "on the way 1", "event b", "on the way 2", "position 2"});
  CHECK(world.listening.lastRead() == world.clock.time);
}

TEST_CASE("Draining a log that cannot be read says so") {
  World world;
  world.source.answers = {unavailable()};
  const auto result = world.listening.drain();
  REQUIRE_FALSE(result.has_value());
  CHECK(result.error().systemCode == 1722);
  CHECK_FALSE(world.listening.lastRead());
}
