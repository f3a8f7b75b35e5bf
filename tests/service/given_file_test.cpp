#include "service/given_file.h"

#include "service/win32/file_io.h"
#include "tests/service/fixture.h"

#include <catch2/catch.hpp>

using namespace imshealth;

TEST_CASE("Only a file that is surely not there counts as missing") {
  const std::string folder = test::newFolder();
  REQUIRE(writeWholeFile(folder + "\\there", "").has_value());
  CHECK_FALSE(isSurelyMissing(folder + "\\there"));
  CHECK(isSurelyMissing(folder + "\\absent"));
  CHECK(isSurelyMissing(folder + "\\absent\\file"));
  // Any other answer of the system, as "access is denied", leaves it open.
  CHECK_FALSE(isSurelyMissing(folder + "\\no?name\\file"));
}
