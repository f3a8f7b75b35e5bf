#include "service/policy_keeper.h"

#include "service/win32/file_io.h"
#include "service/win32/handles.h"
#include "service/win32/text.h"
#include "tests/service/fixture.h"

#include <catch2/catch.hpp>

using namespace imshealth;

namespace {

constexpr char repairing[] =
    R"({"schemaVersion":1,"mode":"repair","watch":[{"counterService":"MSExchangeIMC"}]})";

struct Files {
  std::string folder = test::newFolder();
  std::string file = folder + "\\policy.json";
  bool trusted = true;
  PolicyKeeper keeper() const {
    return {file, folder + "\\policy.kept.json", [this] { return trusted; }};
  }
};

}  // namespace

TEST_CASE("without a file the default is in force, in mode alert") {
  const PolicyInForce inForce = Files().keeper().load();
  CHECK(inForce.policy.mode == Mode::alert);
  CHECK(inForce.file.empty());
  CHECK_FALSE(inForce.refusal);
}

TEST_CASE("a broken file at the start: the kept good one, and 110") {
  const Files files;
  REQUIRE(writeWholeFile(files.file, repairing).has_value());
  CHECK(files.keeper().load().policy.mode == Mode::repair);
  REQUIRE(writeWholeFile(files.file, "{\n \"mode\": 7 }").has_value());
  const PolicyInForce inForce = files.keeper().load();
  CHECK(inForce.policy.mode == Mode::repair);
  REQUIRE(inForce.refusal);
  CHECK(inForce.refusal->id == 110);
  CHECK(inForce.refusal->strings[1].rfind("2:", 0) == 0);
}

TEST_CASE("a deleted file does not come back when the next one is broken") {
  const Files files;
  PolicyKeeper keeper = files.keeper();
  REQUIRE(writeWholeFile(files.file, repairing).has_value());
  keeper.load();
  REQUIRE(DeleteFileW(toWide(files.file).c_str()));
  SECTION("deleted while the service runs") {
    REQUIRE(keeper.judge(keeper.look()));
  }
  SECTION("deleted while it does not") {
    files.keeper().load();
  }
  REQUIRE(writeWholeFile(files.file, "{").has_value());
  CHECK(files.keeper().load().policy.mode == Mode::alert);
}

TEST_CASE("what others than administrators could have written is not kept") {
  Files files;
  REQUIRE(writeWholeFile(files.file, R"({"schemaVersion":1,"mode":"alert"})").has_value());
  files.keeper().load();
  files.trusted = false;
  REQUIRE(writeWholeFile(files.file, repairing).has_value());
  // Each decision asks for the trust anew.
  CHECK(files.keeper().load().policy.mode == Mode::repair);
  REQUIRE(writeWholeFile(files.file, "{").has_value());
  CHECK(files.keeper().load().policy.mode == Mode::alert);
}

TEST_CASE("a broken file and no kept one: the default in mode alert, and 110") {
  const Files files;
  REQUIRE(writeWholeFile(files.file, "{").has_value());
  const PolicyInForce inForce = files.keeper().load();
  CHECK(inForce.policy.mode == Mode::alert);
  CHECK(inForce.refusal);
}

TEST_CASE("a changed file is taken over once") {
  const Files files;
  PolicyKeeper keeper = files.keeper();
  keeper.load();
  CHECK_FALSE(keeper.judge(keeper.look()));

  REQUIRE(writeWholeFile(files.file, repairing).has_value());
  const auto change = keeper.judge(keeper.look());
  REQUIRE(change);
  REQUIRE(change->policy);
  CHECK(change->policy->mode == Mode::repair);
  CHECK_FALSE(change->refusal);
  CHECK_FALSE(keeper.judge(keeper.look()));

  SECTION("a bad one is refused, once") {
    REQUIRE(writeWholeFile(files.file, "{").has_value());
    const auto refused = keeper.judge(keeper.look());
    REQUIRE(refused);
    CHECK_FALSE(refused->policy);
    CHECK(refused->refusal->id == 110);
    CHECK_FALSE(keeper.judge(keeper.look()));
  }
  SECTION("a deleted one means the default, and 110") {
    REQUIRE(DeleteFileW(toWide(files.file).c_str()));
    const auto gone = keeper.judge(keeper.look());
    REQUIRE(gone);
    CHECK(gone->policy->mode == Mode::alert);
    CHECK(gone->refusal);
    CHECK_FALSE(keeper.judge(keeper.look()));
  }
}

TEST_CASE("a file that is kept open is not the same as one that is gone") {
  const Files files;
  PolicyKeeper keeper = files.keeper();
  REQUIRE(writeWholeFile(files.file, repairing).has_value());
  keeper.load();
  const UniqueFile held(CreateFileW(toWide(files.file).c_str(), GENERIC_WRITE, 0, nullptr,
                                    OPEN_EXISTING, 0, nullptr));
  REQUIRE(held);
  const PolicyLook seen = keeper.look();
  CHECK(seen.isInUse());
  CHECK_FALSE(seen.isMissing());
  CHECK(keeper.isNews(seen));
  const auto refused = keeper.judge(seen);
  REQUIRE(refused);
  CHECK_FALSE(refused->policy);
  CHECK(refused->refusal->id == 110);
  CHECK_FALSE(keeper.judge(keeper.look()));  // told once, not each minute
}

TEST_CASE("a folder in the file's place is refused, not read") {
  const Files files;
  REQUIRE(CreateDirectoryW(toWide(files.file).c_str(), nullptr));
  const PolicyInForce inForce = files.keeper().load();
  CHECK(inForce.policy.mode == Mode::alert);
  CHECK(inForce.file.empty());
  REQUIRE(inForce.refusal);
  CHECK(inForce.refusal->id == 110);
}

TEST_CASE("the bytes of the last good file are kept, whatever comes after it") {
  const Files files;
  PolicyKeeper keeper = files.keeper();
  REQUIRE(writeWholeFile(files.file, repairing).has_value());
  keeper.load();
  for (const std::string_view bad : {"{", "\xFF", ""}) {
    REQUIRE(writeWholeFile(files.file, bad).has_value());
    CHECK(keeper.judge(keeper.look())->refusal);
  }
  CHECK(readWholeFile(files.folder + "\\policy.kept.json", 10000).value() == repairing);
}
