#include "service/state_files.h"

#include "core/state_keeper.h"
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

TEST_CASE("a folder in the place of a state file is set aside, and the state can be written") {
  const std::string folder = test::newFolder();
  const std::string name = GENERATE("state.json", "state.previous.json");
  const bool isEmpty = GENERATE(true, false);
  FolderStateFiles files(folder);
  StateKeeper keeper(files);
  if (GENERATE(true, false)) {  // the other one is whole
    REQUIRE(files.replace(writeState({})).has_value());
    if (name == "state.json") {
      REQUIRE(moveOver(folder + "\\state.json", folder + "\\state.previous.json").has_value());
    }
  }
  CreateDirectoryW(toWide(folder + "\\" + name).c_str(), nullptr);
  if (!isEmpty) {
    REQUIRE(writeWholeFile(folder + "\\" + name + "\\kept", "kept").has_value());
  }
  CHECK(keeper.read().has_value());
  CHECK(keeper.takeSetAside().empty());
  REQUIRE(keeper.update([](State& state) { state.api = "classic"; }).has_value());
  const auto moved = keeper.takeSetAside();
  REQUIRE(moved.size() == 1);
  CHECK(moved.front().file == name);
  if (!isEmpty) {
    CHECK(*readWholeFile(moved.front().movedTo + "\\kept", 100) == "kept");
  }
  REQUIRE(keeper.update([](State& state) { state.api = "winevt"; }).has_value());
  CHECK(keeper.takeSetAside().empty());
  CHECK(keeper.read()->api == "winevt");
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
