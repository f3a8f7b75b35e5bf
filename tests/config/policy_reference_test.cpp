#include "tests/config/policy_reference.h"

#include "tests/config/policy_table.h"

#include <catch2/catch.hpp>

namespace imshealth::test {

TEST_CASE("config/README.md is what policy_reference prints from the schema") {
  CHECK(readSourceFile("config/README.md") == policyReference());
}

}  // namespace imshealth::test
