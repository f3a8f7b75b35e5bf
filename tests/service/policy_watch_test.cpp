#include "service/policy_watch.h"

#include "service/data_folder.h"
#include "service/state_files.h"
#include "service/win32/file_io.h"
#include "tests/service/fixture.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>
#include <memory>
#include <vector>

using namespace imshealth;

namespace {

/// The watch over a data folder, and what it told.
struct Watched {
  std::string folder = test::newFolder();
  StopSignal stop;
  std::vector<std::string> names;
  int changes = 0;
  bool ended = false;
  std::unique_ptr<boost::asio::io_context> loop = std::make_unique<boost::asio::io_context>(1);

  Watched() {
    boost::asio::co_spawn(*loop, watch(), boost::asio::detached);
    loop->poll();  // from here on nothing is missed
  }
  boost::asio::awaitable<void> watch() {
    co_await watchFolder(
        folder, stop,
        [this](const std::string& name) {
          names.push_back(name);
          return !isWrittenByService(name);
        },
        [this]() -> boost::asio::awaitable<void> {
          ++changes;
          co_return;
        });
    ended = true;
  }
  template <class Condition>
  bool until(Condition isMet) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!isMet() && std::chrono::steady_clock::now() < end) {
      loop->restart();
      loop->run_one_for(std::chrono::seconds(1));
    }
    return isMet();
  }
  bool sees(const std::string& name) {
    return until([&] { return std::ranges::find(names, name) != names.end(); });
  }
};

}  // namespace

TEST_CASE("our own writes beside the policy are passed over, the policy's are not") {
  Watched watched;
  FolderStateFiles state(watched.folder);
  REQUIRE(state.replace("first").has_value());
  REQUIRE(state.replace("second").has_value());
  REQUIRE(watched.sees("state.previous.json"));
  REQUIRE(watched.sees("state.json"));
  CHECK(watched.changes == 0);

  REQUIRE(writeWholeFile(watched.folder + "\\policy.json", "{}").has_value());
  CHECK(watched.until([&] { return watched.changes > 0; }));
}

TEST_CASE("a policy that an editor moves into place is seen") {
  Watched watched;
  REQUIRE(writeWholeFile(watched.folder + "\\policy.json", "{}").has_value());
  REQUIRE(watched.until([&] { return watched.changes > 0; }));
  REQUIRE(writeWholeFile(watched.folder + "\\state.json.new", "{}").has_value());
  REQUIRE(watched.sees("state.json.new"));
  watched.changes = 0;
  REQUIRE(
      moveOver(watched.folder + "\\state.json.new", watched.folder + "\\policy.json").has_value());
  CHECK(watched.until([&] { return watched.changes > 0; }));
}

TEST_CASE("more changes than the notification can hold are a change") {
  Watched watched;
  for (int i = 0; i < 200; ++i) {  // nobody fetches them meanwhile
    const std::string name = "a-file-with-a-name-that-takes-its-room-" + std::to_string(i);
    REQUIRE(writeWholeFile(watched.folder + "\\" + name, "").has_value());
  }
  CHECK(watched.until([&] { return watched.changes > 0; }));
}

TEST_CASE("the watch ends with the stop, and with the loop") {
  Watched watched;
  SECTION("stop") {
    watched.stop.raise();
    CHECK(watched.until([&] { return watched.ended; }));
  }
  SECTION("a loop that goes while the folder is watched") {
    watched.loop.reset();
    CHECK_FALSE(watched.ended);
  }
}

TEST_CASE("a folder that is not there ends the watch at once") {
  boost::asio::io_context loop;
  StopSignal stop;
  bool ended = false;
  const auto watch = [&]() -> boost::asio::awaitable<void> {
    co_await watchFolder(
        "C:\\no such folder", stop, [](const std::string&) { return true; },
        []() -> boost::asio::awaitable<void> { co_return; });
    ended = true;
  };
  boost::asio::co_spawn(loop, watch, boost::asio::detached);
  loop.poll();
  CHECK(ended);
}

TEST_CASE("what the service writes into its data folder") {
  for (const char* name : {"state.json", "state.json.new", "state.previous.json",
                           "STATE.PREVIOUS.JSON", "policy.kept.json.new", "logs", "backup"}) {
    CAPTURE(name);
    CHECK(isWrittenByService(name));
  }
  for (const char* name :
       {"policy.json", "policy.json.new", "POLICY~1.JSO", "state", "logs2", ".new", ""}) {
    CAPTURE(name);
    CHECK_FALSE(isWrittenByService(name));
  }
}
