// What keeps open failures out of the log is warned of at the start: silence is not health.
#include "core/log_settings.h"

#include <catch2/catch.hpp>

using namespace imshealth;

namespace {

std::vector<std::string> settingsNamed(const LogSettings& settings) {
  std::vector<std::string> named;
  for (const Alert& alert : impediments(settings)) {
    CHECK(alert.id == 322);
    CHECK(alert.type == EventType::warning);
    REQUIRE(alert.strings.size() == 3);
    CHECK(alert.strings[0] == "Application");
    CHECK_FALSE(alert.strings[2].empty());
    named.push_back(alert.strings[1].substr(0, alert.strings[1].find(',')));
  }
  return named;
}

using Names = std::vector<std::string>;
const Names silent{"EventLogLevel of Perflib is 0"};
const Names full{"the log is full"};
const Names keeps{"the log does not overwrite events as needed"};

}  // namespace

TEST_CASE("Perflib reports nothing at EventLogLevel 0 only; absent is 1") {
  CHECK(settingsNamed({.perflibEventLogLevel = 0}) == silent);
  for (const std::uint32_t level : {1u, 2u, 3u}) {
    CHECK(settingsNamed({.perflibEventLogLevel = level}).empty());
  }
  CHECK(settingsNamed({}).empty());
}

TEST_CASE("A log that keeps its events for days or for ever will throw new ones away") {
  CHECK(settingsNamed({.retention = 0}).empty());
  CHECK(settingsNamed({.retention = 7 * 86400}) == keeps);
  CHECK(settingsNamed({.retention = 0xFFFFFFFF}) == keeps);
  CHECK(settingsNamed({.retention = 0xFFFFFFFF, .archivesWhenFull = true}).empty());
}

TEST_CASE("A full log is told as such, and not as one that may become full") {
  CHECK(settingsNamed({.retention = 0xFFFFFFFF, .full = true}) == full);
  CHECK(settingsNamed({.retention = 0xFFFFFFFF, .full = false}) == keeps);
  CHECK(settingsNamed({.retention = 0, .full = false}).empty());
}

TEST_CASE("Each setting has an alert of its own") {
  CHECK(settingsNamed({.perflibEventLogLevel = 0, .retention = 1, .full = false}) ==
        Names{silent.front(), keeps.front()});
}
