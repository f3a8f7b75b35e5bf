#include "service/data_folder.h"

#include "service/win32/file_io.h"
#include "tests/service/fixture.h"

#include <catch2/catch.hpp>

using namespace imshealth;

namespace {

/// Of a file's access list Wine keeps what its owner, here the account of the test, and what
/// Everyone may do. That it is the whole list that was meant: access_test.cpp.
std::string nobodyElse() {
  const std::string account = processAccountSid();
  return "owner " + account + "\ntype 0 flags 3 mask 1f01ff S-1-5-18\n" +
         "type 0 flags 3 mask 1f01ff " + account + "\n";
}

}  // namespace

TEST_CASE(
    "every way to the common application data leads somewhere, the first that answers counts") {
  const auto lookups = commonFolderLookups();
  REQUIRE(lookups.size() == 3);
  CHECK(lookups.front()());
  CHECK(lookups.back()());  // what is left on NT 4.0

  const auto found = findDataFolder({[] { return std::optional<std::string>(); },
                                     [] { return std::optional<std::string>("C:\\Common"); },
                                     [] { return std::optional<std::string>("C:\\Other"); }});
  REQUIRE(found.has_value());
  CHECK(found->policyFile() == "C:\\Common\\ImsHealth\\policy.json");
  CHECK_FALSE(findDataFolder({[] { return std::optional<std::string>(); }}).has_value());
}

TEST_CASE("the data folder is made, and made again without harm") {
  const DataFolder folder{test::newFolder() + "\\above\\ImsHealth"};
  REQUIRE(makeDataFolder(folder).has_value());
  REQUIRE(writeWholeFile(folder.policyFile(), "{}").has_value());
  REQUIRE(makeDataFolder(folder).has_value());
  CHECK(*readWholeFile(folder.policyFile(), 10) == "{}");
  CHECK(writeWholeFile(folder.logFile(), "").has_value());
  CHECK(writeWholeFile(folder.backup() + "\\x", "").has_value());
}

TEST_CASE("nobody but SYSTEM and Administrators can open the data folder, new or taken over") {
  const DataFolder made{test::newFolder() + "\\ImsHealth"};
  REQUIRE(makeDataFolder(made).has_value());
  CHECK(test::securityOf(made.root) == nobodyElse());

  // Below a folder from which it has nothing to inherit: Wine adds that to a list that it is given.
  const DataFolder found{made.root + "\\ImsHealth"};
  REQUIRE(CreateDirectoryW(toWide(found.root).c_str(), nullptr));
  REQUIRE(test::securityOf(found.root) != nobodyElse());
  REQUIRE(makeDataFolder(found).has_value());
  CHECK(test::securityOf(found.root) == nobodyElse());
}

TEST_CASE("a data folder that only administrators could write is taken over as it is") {
  const DataFolder folder{test::newFolder() + "\\ImsHealth"};
  REQUIRE(makeDataFolder(folder).has_value());
  REQUIRE(writeWholeFile(folder.root + "\\state.json", "{}").has_value());
  const auto again = makeDataFolder(folder);
  REQUIRE(again.has_value());
  CHECK(again->empty());
  CHECK(readWholeFile(folder.root + "\\state.json", 10).has_value());
}

TEST_CASE("what is moved aside lies beside its old place and is whole") {
  const std::string folder = test::newFolder();
  REQUIRE(CreateDirectoryW(toWide(folder + "\\backup").c_str(), nullptr));
  REQUIRE(writeWholeFile(folder + "\\backup\\x", "was here").has_value());
  const auto moved = moveAside(folder + "\\backup", "foreign");
  REQUIRE(moved.has_value());
  CHECK_THAT(*moved, Catch::StartsWith(folder + "\\backup.foreign-"));
  CHECK(*readWholeFile(*moved + "\\x", 20) == "was here");
  CHECK_FALSE(readWholeFile(folder + "\\backup\\x", 20).has_value());
}
