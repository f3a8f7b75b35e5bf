#include "service/win32/access.h"

#include "tests/service/fixture.h"

#include <catch2/catch.hpp>

using namespace imshealth;

TEST_CASE("what is made gets full control for SYSTEM and Administrators, and nobody else") {
  AdministratorsOnly access;
  CHECK(access.isProtected());
  CHECK(test::securityIn(access.attributes()->lpSecurityDescriptor) == test::administratorsOnly);
  CHECK_FALSE(access.attributes()->bInheritHandle);
}
