// What check says beside its findings.
#include "core/remarks.h"

#include <catch2/catch.hpp>

using namespace imshealth;

TEST_CASE("A Perflib that logs nothing is told; the default level is not") {
  Facts facts;
  facts.system.osMajor = 5;
  facts.system.hasLoadPerfSource = true;
  CHECK(remarksOn(facts).empty());
  facts.system.perflibEventLogLevel = 1;
  CHECK(remarksOn(facts).empty());
  facts.system.perflibEventLogLevel = 0;
  REQUIRE(remarksOn(facts).size() == 1);
  CHECK_THAT(remarksOn(facts).front(), Catch::Contains("KB226494"));
}

TEST_CASE("A missing LoadPerf source is normal on Windows NT 4.0 only") {
  Facts facts;
  facts.system.osMajor = 4;
  CHECK(remarksOn(facts).empty());
  facts.system.osMajor = 5;
  REQUIRE(remarksOn(facts).size() == 1);
  CHECK_THAT(remarksOn(facts).front(), Catch::Contains("LoadPerf"));
}
