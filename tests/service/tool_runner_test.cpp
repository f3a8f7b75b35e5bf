#include "service/tool_runner.h"

#include "service/win32/file_io.h"
#include "tests/service/fixture.h"

#include <boost/asio/post.hpp>
#include <catch2/catch.hpp>

#include <chrono>
#include <thread>

using namespace imshealth;
using namespace std::chrono_literals;
using imshealth::test::await;

namespace {

/// As NT 4.0: no job objects, no list of inherited handles.
const ProcessFunctions noFunctions;

struct World {
  explicit World(const ProcessFunctions& functions) : runner(stop, functions) {}

  Result<ToolResult> run(std::vector<std::string> arguments, Milliseconds deadline = 30s) {
    return await(loop,
                 runner.run({test::beside(TEST_CHILD_TOOL), std::move(arguments), test::beside("")},
                            deadline));
  }

  boost::asio::io_context loop{1};
  StopSignal stop;
  ProcessToolRunner runner;
};

bool isRunning(DWORD pid) {
  const UniqueHandle process(OpenProcess(SYNCHRONIZE, FALSE, pid));
  return process && WaitForSingleObject(process.get(), 0) == WAIT_TIMEOUT;
}

}  // namespace

TEST_CASE("a tool runs with its arguments") {
  const bool nt4 = GENERATE(false, true);
  World world(nt4 ? noFunctions : systemProcessFunctions());

  SECTION("arguments arrive as they were given, its output comes back") {
    const auto result = world.run({"arguments", "two words", "a\"b", "C:\\x y\\", ""});
    REQUIRE(result.has_value());
    CHECK(result->end == ToolEnd::exited);
    CHECK(result->exitCode == 0);
    CHECK(result->output == "two words\na\"b\nC:\\x y\\\n\n");
  }
  SECTION("its exit code is told") {
    const auto result = world.run({"exit", "42"});
    REQUIRE(result.has_value());
    CHECK(result->exitCode == 42);
  }
  SECTION("OEM text becomes UTF-8") {
    const auto result = world.run({"oem"});
    REQUIRE(result.has_value());
    CHECK(result->output == oemToUtf8("\x84\x94\x81"));
  }
  SECTION("its output goes through a pipe that only SYSTEM and Administrators can open") {
    const auto result = world.run({"security"});
    REQUIRE(result.has_value());
    CHECK(result->output == test::administratorsOnly);
  }
  SECTION("one that hangs is ended at the deadline") {
    const auto begin = std::chrono::steady_clock::now();
    const auto result = world.run({"hang"}, 300ms);
    REQUIRE(result.has_value());
    CHECK(result->end == ToolEnd::timedOut);
    CHECK(std::chrono::steady_clock::now() - begin < 20s);
  }
  SECTION("endless output is bounded") {
    constexpr std::size_t bound = 64 * 1024;
    std::size_t kept = 0;
    // A loaded machine may need more than a second to start it and to print so much.
    for (Milliseconds deadline = 1s; kept < bound && deadline < 60s; deadline *= 2) {
      const auto result = world.run({"flood"}, deadline);
      REQUIRE(result.has_value());
      CHECK(result->end == ToolEnd::timedOut);
      kept = result->output.size();
    }
    CHECK(kept == bound);
  }
  SECTION("a stop ends it early") {
    boost::asio::post(world.loop, [&] { world.stop.raise(); });
    const auto result = world.run({"hang"}, 60s);
    if (result) {
      CHECK(result->end == ToolEnd::stopped);
    } else {
      CHECK(result.error().kind == ErrorKind::stopped);
    }
  }
  SECTION("handles of the parent are not inherited") {
    // Signalled, so that a wait on it in the child would succeed. Where the list of handles keeps
    // it out it may be inheritable; where there is none nothing could, and ours are not.
    SECURITY_ATTRIBUTES inheritable{sizeof inheritable, nullptr, nt4 ? FALSE : TRUE};
    const UniqueHandle event(CreateEventW(&inheritable, TRUE, TRUE, nullptr));
    REQUIRE(WaitForSingleObject(event.get(), 0) == WAIT_OBJECT_0);
    const auto result =
        world.run({"readable", std::to_string(reinterpret_cast<ULONG_PTR>(event.get()))});
    REQUIRE(result.has_value());
    CHECK(result->exitCode == 1);
  }
}

TEST_CASE("what a tool leaves running is ended with it") {
  World world(systemProcessFunctions());
  const std::string pidFile = test::newFolder() + "\\pid";
  const auto result = world.run({"parent", pidFile});
  REQUIRE(result.has_value());
  CHECK(result->exitCode == 0);
  const auto pid = readWholeFile(pidFile, 100);
  REQUIRE(pid.has_value());
  CHECK_FALSE(isRunning(static_cast<DWORD>(std::stoul(*pid))));
}

TEST_CASE("a program that is not there, or not named by an absolute path, is an error") {
  World world(systemProcessFunctions());
  CHECK(await(world.loop, world.runner.run({"C:\\no such.exe", {}, {}}, 1s)).error().kind ==
        ErrorKind::missing);
  CHECK(await(world.loop, world.runner.run({"regsvr32.exe", {}, {}}, 1s)).error().kind ==
        ErrorKind::internal);
}
