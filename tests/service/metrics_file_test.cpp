#include "service/metrics_file.h"

#include "service/clock.h"
#include "service/file_facts.h"
#include "service/state_files.h"
#include "service/win32/file_io.h"
#include "tests/service/fixture.h"

#include <catch2/catch.hpp>

using namespace imshealth;

namespace {

/// The files as they are, their trust as the test says: under Wine every file is the user's own.
class JudgedFiles : public WindowsFileFacts {
 public:
  PathTrust trustOf(const std::string& purpose, const std::string& path) const override {
    PathTrust trust{.purpose = purpose, .path = path};
    trust.elements.push_back({.path = path.substr(0, path.rfind('\\')),
                              .isDirectory = true,
                              .owner = "S-1-5-18",
                              .entries = entries});
    return trust;
  }
  std::vector<AccessEntry> entries;
};

/// Everyone may add files.
const AccessEntry everyoneAdds{.mask = FILE_ADD_FILE, .sid = "S-1-1-0"};

struct Fixture {
  Fixture() {
    Policy policy;
    policy.metrics.textfile = file;
    metrics.follow(policy);
  }
  std::string read(const std::string& path) const {
    const auto text = readWholeFile(path, 100'000);
    return text ? *text : std::string();
  }

  std::string folder = test::newFolder();
  std::string file = folder + "\\imshealth.prom";
  FolderStateFiles stateFiles{folder};
  StateKeeper state{stateFiles};
  JudgedFiles files;
  SystemClock clock;
  LogFile log{folder + "\\imshealth.log", {}};
  MetricsFile metrics{state, files, clock, log};
};

}  // namespace

TEST_CASE_METHOD(Fixture, "metrics are written over the file that is there") {
  metrics.write();
  CHECK_THAT(read(file), Catch::Contains("imshealth_"));
  REQUIRE(writeWholeFile(file, "old").has_value());
  metrics.write();
  CHECK_THAT(read(file), Catch::Contains("imshealth_"));
  CHECK(GetFileAttributesW(toWide(file + ".new").c_str()) == INVALID_FILE_ATTRIBUTES);
}

TEST_CASE_METHOD(Fixture, "where others can write, metrics are not, and that is said once") {
  files.entries = {everyoneAdds};
  metrics.write();
  metrics.write();
  CHECK(GetFileAttributesW(toWide(file).c_str()) == INVALID_FILE_ATTRIBUTES);
  const std::string said = read(folder + "\\imshealth.log");
  const std::string why = "can be changed by Everyone";
  REQUIRE_THAT(said, Catch::Contains("not written, since") && Catch::Contains(why));
  CHECK(said.find(why, said.find(why) + 1) == std::string::npos);
  files.entries.clear();
  metrics.write();
  CHECK_THAT(read(file), Catch::Contains("imshealth_"));
}

TEST_CASE_METHOD(Fixture,
                 "another name of a file elsewhere, where the new one goes, is not written into") {
  const std::string victim = folder + "\\victim.txt";
  REQUIRE(writeWholeFile(victim, "whole").has_value());
  using HardLink = BOOL WINAPI(LPCWSTR, LPCWSTR, LPSECURITY_ATTRIBUTES);
  auto* link = reinterpret_cast<HardLink*>(reinterpret_cast<void*>(
      GetProcAddress(GetModuleHandleW(L"kernel32.dll"), "CreateHardLinkW")));
  REQUIRE(link != nullptr);
  REQUIRE(link(toWide(file + ".new").c_str(), toWide(victim).c_str(), nullptr));
  SECTION("of the metrics") {
    metrics.write();
    CHECK_THAT(read(file), Catch::Contains("imshealth_"));
  }
  SECTION("of the state") {
    REQUIRE(link(toWide(folder + "\\state.json.new").c_str(), toWide(victim).c_str(), nullptr));
    REQUIRE(FolderStateFiles(folder).replace("state").has_value());
    CHECK(read(folder + "\\state.json") == "state");
  }
  SECTION("of a repair") {
    WindowsFileChanges changes;
    REQUIRE(changes.replace(file, {'n', 'e', 'w'}).has_value());
    CHECK(read(file) == "new");
  }
  CHECK(read(victim) == "whole");
}
