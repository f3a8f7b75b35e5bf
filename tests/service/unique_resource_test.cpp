#include "service/win32/unique_resource.h"

#include <catch2/catch.hpp>

#include <vector>

using namespace imshealth;

namespace {

std::vector<int> closed;

struct CountingTraits {
  using Value = int;
  static int invalid() { return -1; }
  static void close(int value) {
    closed.push_back(value);
    SetLastError(ERROR_GEN_FAILURE);
  }
};
using Counted = UniqueResource<CountingTraits>;

}  // namespace

TEST_CASE("an owning handle closes exactly once") {
  closed.clear();
  SECTION("at its end") {
    { const Counted one(1); }
    CHECK(closed == std::vector{1});
  }
  SECTION("not where it was moved from") {
    {
      Counted one(1);
      const Counted two(std::move(one));
      CHECK(two.get() == 1);
    }
    CHECK(closed == std::vector{1});
  }
  SECTION("what move assignment replaces, at once") {
    {
      Counted one(1);
      one = Counted(2);
      CHECK(closed == std::vector{1});
    }
    CHECK(closed == std::vector{1, 2});
  }
  SECTION("not when assigned to itself") {
    Counted one(1);
    Counted& same = one;
    one = std::move(same);
    CHECK(closed.empty());
    CHECK(one.get() == 1);
  }
  SECTION("not when released") {
    { CHECK(Counted(1).release() == 1); }
    CHECK(closed.empty());
  }
  SECTION("what a function overwrites") {
    {
      Counted one(1);
      *one.put() = 2;
    }
    CHECK(closed == std::vector{1, 2});
  }
  SECTION("never the invalid value") {
    { const Counted none; }
    CHECK(closed.empty());
  }
}

TEST_CASE("closing keeps the last error") {
  SetLastError(ERROR_FILE_NOT_FOUND);
  { const Counted one(1); }
  CHECK(GetLastError() == ERROR_FILE_NOT_FOUND);
}
