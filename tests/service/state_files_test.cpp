#include "service/state_files.h"

#include "service/win32/file_io.h"
#include "tests/service/fixture.h"

#include <catch2/catch.hpp>

#include <thread>

using namespace imshealth;
using Generation = StateFiles::Generation;

TEST_CASE("no state yet is error kind missing") {
  const FolderStateFiles files(test::newFolder());
  CHECK(files.read(Generation::current).error().kind == ErrorKind::missing);
  CHECK(files.read(Generation::previous).error().kind == ErrorKind::missing);
}

TEST_CASE("replacing keeps the generation before") {
  FolderStateFiles files(test::newFolder());
  REQUIRE(files.replace("one").has_value());
  CHECK(files.read(Generation::previous).error().kind == ErrorKind::missing);
  REQUIRE(files.replace("two").has_value());
  CHECK(*files.read(Generation::current) == "two");
  CHECK(*files.read(Generation::previous) == "one");
}

TEST_CASE("what a crash left half written does not matter") {
  const std::string folder = test::newFolder();
  FolderStateFiles files(folder);
  REQUIRE(files.replace("one").has_value());
  REQUIRE(writeWholeFile(folder + "\\state.json.new", "ha").has_value());
  CHECK(*files.read(Generation::current) == "one");
  REQUIRE(files.replace("two").has_value());
  CHECK(*files.read(Generation::current) == "two");
}

TEST_CASE("a file that cannot be replaced leaves the old one") {
  const std::string folder = test::newFolder();
  FolderStateFiles files(folder);
  REQUIRE(files.replace("one").has_value());
  {
    const UniqueFile scanner(CreateFileW(toWide(folder + "\\state.json").c_str(), GENERIC_READ,
                                         FILE_SHARE_READ, nullptr, OPEN_EXISTING, 0, nullptr));
    REQUIRE(scanner);
    CHECK_FALSE(files.replace("two").has_value());
  }
  CHECK(*files.read(Generation::current) == "one");
  CHECK(files.replace("two").has_value());
}

TEST_CASE("a damaged file is set aside") {
  FolderStateFiles files(test::newFolder());
  REQUIRE(files.replace("damaged").has_value());
  const auto moved = files.setAside(Generation::current);
  REQUIRE(moved.has_value());
  CHECK(*readWholeFile(*moved, 100) == "damaged");
  CHECK(files.read(Generation::current).error().kind == ErrorKind::missing);
}

TEST_CASE("the state is locked between holders") {
  FolderStateFiles files(test::newFolder());
  REQUIRE(files.lock().has_value());
  NamedMutex other(L"ImsHealthState");
  bool acquired = true;
  std::thread([&] {
    acquired = other.acquire(0).has_value();
  }).join();  // mutexes belong to threads
  CHECK_FALSE(acquired);
  files.unlock();
  std::thread([&] {
    acquired = other.acquire(1000).has_value();
    other.release();
  }).join();
  CHECK(acquired);
}
