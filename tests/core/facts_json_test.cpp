#include "core/facts_json.h"

#include "tests/show_result.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

namespace imshealth {

using Json = nlohmann::json;

TEST_CASE("Missing keys have their default, unknown ones are passed over") {
  const auto facts =
      factsFromJson(Json::parse(R"({"counterService": "MSExchangeIMC", "news": [1]})"));
  REQUIRE(facts);
  CHECK(facts->counterService == "MSExchangeIMC");
  CHECK(facts->eventId == 1008);
  CHECK(*facts == *factsFromJson(toJson(*facts)));
}

TEST_CASE("A value of the wrong kind is an error that names its place") {
  const auto complaint = [](const char* text) {
    return factsFromJson(Json::parse(text)).error().text;
  };
  CHECK(complaint("[]") == ": an object expected");
  CHECK(complaint(R"({"key": {"firstCounter": "2"}})") ==
        "key.firstCounter: a whole number of its range expected");
  CHECK(complaint(R"({"key": {"firstCounter": 4294967296}})") ==
        "key.firstCounter: a whole number of its range expected");
  CHECK(complaint(R"({"eventId": -1})") == "eventId: a whole number of its range expected");
  CHECK(complaint(R"({"trust": [{}, {"drive": "tape"}]})") ==
        "trust[1].drive: one of the known words expected");
  CHECK(complaint(R"({"indexSpace": {"languages": [{"names": {"x": "y"}}]}})") ==
        "indexSpace.languages[0].names.x: an index as key expected");
  CHECK(complaint(R"({"directoryTrusted": 1})") == "directoryTrusted: true or false expected");
}

TEST_CASE("An open failure and a finding come back as they were") {
  const OpenFailure failure{.counterService = "MSExchangeIMC",
                            .eventId = 1009,
                            .recordNumber = 0xFFFFFFFFFFFFFFFFULL,
                            .timeGenerated = -5,
                            .status = 0x8007085A};
  CHECK(*openFailureFromJson(toJson(failure)) == failure);
  const Finding finding{Cause::libraryMissing, "C:\\x.dll is not there", true};
  CHECK(*findingFromJson(toJson(finding)) == finding);
  CHECK(toJson(finding).at("article") == "KB942393");
  CHECK_FALSE(findingFromJson(Json{{"cause", "bad weather"}}));
}

}  // namespace imshealth
