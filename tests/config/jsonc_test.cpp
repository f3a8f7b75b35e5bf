#include "config/jsonc.h"

#include "tests/config/policy_table.h"

#include <catch2/catch.hpp>

namespace imshealth::test {

TEST_CASE("what the reader takes, the JSON library takes too, with the same value") {
  const auto* table =
      GENERATE("tests/config/data/bad_policies.txt", "tests/config/data/good_policies.txt");
  int taken = 0;
  for (const PolicyCase& policy : readPolicyTable(table)) {
    const JsoncDocument document = readJsonc(policy.text);
    if (!document.errors.empty())
      continue;
    INFO(policy.name);
    REQUIRE(document.complete);
    CHECK(nlohmann::json::parse(policy.text, nullptr, true, true) == document.value);
    ++taken;
  }
  CHECK(taken > 20);
}

TEST_CASE("what the JSON library refuses, the reader refuses too") {
  int refused = 0;
  for (const PolicyCase& policy : readPolicyTable("tests/config/data/bad_policies.txt")) {
    if (nlohmann::json::accept(policy.text, true))
      continue;
    INFO(policy.name);
    CHECK_FALSE(readJsonc(policy.text).errors.empty());
    ++refused;
  }
  CHECK(refused > 20);
}

TEST_CASE("any beginning of a policy is read without harm") {
  const std::string text = readSourceFile("config/samples/complete.jsonc");
  for (std::size_t length = 0; length + 2 < text.size(); ++length) {
    const JsoncDocument document = readJsonc(text.substr(0, length));
    CHECK_FALSE(document.complete);
    CHECK_FALSE(document.errors.empty());
  }
}

TEST_CASE("keys and values have their places") {
  const JsoncDocument document = readJsonc("{ \"a\": [1,\n  {\"b/c~d\": 2}] }");
  CHECK(document.errors.empty());
  CHECK(document.keys.at("/a") == Place{1, 3});
  CHECK(document.values.at("/a") == Place{1, 8});
  CHECK(document.values.at("/a/0") == Place{1, 9});
  CHECK(document.keys.at("/a/1/b~1c~0d") == Place{2, 4});
  CHECK(document.values.at("/a/1/b~1c~0d") == Place{2, 13});
}

TEST_CASE("text of another length than allowed is cut at a character") {
  const JsoncDocument document = readJsonc("[\"üüüü\"]", {.characters = 3});
  CHECK(document.value.at(0) == "üüü");
  REQUIRE(document.errors.size() == 1);
  CHECK(document.errors[0].message == "text of 4 characters; more than 3 are never right");
}

TEST_CASE("long keys one within the other end in a message: each value's place costs memory") {
  const std::string key(500, 'k');
  std::string text;
  for (int level = 0; level < 10; ++level)
    text += "{\"" + key + "\": ";
  const JsoncDocument document = readJsonc(text + "1" + std::string(10, '}'));
  CHECK_FALSE(document.complete);
  REQUIRE(document.errors.size() == 1);
  CHECK(document.errors[0].message == "these keys are too long");
  for (const auto& [pointer, place] : document.values)
    CHECK(pointer.size() <= JsoncLimits().pointer);
}

TEST_CASE("reading stops at a thousand mistakes") {
  const std::string tabs(200000, '\t');
  for (const std::string& text : {"[\"" + tabs + "\"]", "{\"a\":1,\"a\":\"" + tabs + "\"}"}) {
    const JsoncDocument document = readJsonc(text);
    CHECK_FALSE(document.complete);
    CHECK(document.errors.size() == 1000);
  }
}

TEST_CASE("every depth of nesting ends in a message") {
  for (const std::string_view open : {"[", "{\"a\":"}) {
    std::string text;
    for (int i = 0; i < 100000; ++i)
      text += open;
    const JsoncDocument document = readJsonc(text);
    REQUIRE(document.errors.size() == 1);
    CHECK(document.errors[0].message == "nested deeper than 16 levels");
  }
}

}  // namespace imshealth::test
