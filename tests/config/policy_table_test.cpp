#include "tests/config/policy_table.h"

#include "config/parse_policy.h"
#include "config/schema.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>

namespace imshealth::test {
namespace {

constexpr auto badTable = "tests/config/data/bad_policies.txt";
constexpr auto goodTable = "tests/config/data/good_policies.txt";

std::vector<std::string> lines(const std::vector<Diagnostic>& diagnostics) {
  std::vector<std::string> result;
  for (const Diagnostic& diagnostic : diagnostics)
    result.push_back(fmt::format("{} {}:{} {}",
                                 diagnostic.severity == Severity::error ? "error" : "warning",
                                 diagnostic.line, diagnostic.column, diagnostic.message));
  return result;
}

/// A pointer with its list indexes taken out: the name of a key, whichever entry it is in.
std::string keyPath(const std::string& pointer) {
  std::string path;
  for (const std::string& token : pointerTokens(pointer)) {
    if (token.find_first_not_of("0123456789") != std::string::npos)
      path += "/" + token;
  }
  return path;
}

void collectKeys(const std::string& pointer, std::set<std::string>& keys) {
  for (const std::string& key : keysInOrder(pointer)) {
    const std::string at = pointer + "/" + key;
    keys.insert(keyPath(at));
    collectKeys(at, keys);
    if (!schemaAt(at + "/0").is_null())
      collectKeys(at + "/0", keys);
  }
}

std::set<std::string> schemaKeys() {
  std::set<std::string> keys;
  collectKeys("", keys);
  return keys;
}

}  // namespace

TEST_CASE("every policy of the bad table is refused with just these diagnostics") {
  const std::vector<PolicyCase> cases = readPolicyTable(badTable);
  CHECK(cases.size() >= 80);
  for (const PolicyCase& policy : cases) {
    DYNAMIC_SECTION(policy.name) {
      const PolicyReading reading = parsePolicy(policy.text);
      CHECK_FALSE(reading.policy.has_value());
      CHECK(lines(reading.diagnostics) == policy.expected);
    }
  }
}

TEST_CASE("every policy of the good table is taken with just these warnings") {
  for (const PolicyCase& policy : readPolicyTable(goodTable)) {
    DYNAMIC_SECTION(policy.name) {
      const PolicyReading reading = parsePolicy(policy.text);
      CHECK(reading.policy.has_value());
      CHECK(lines(reading.diagnostics) == policy.expected);
    }
  }
}

TEST_CASE("names in the tables are unique") {
  for (const auto* table : {badTable, goodTable}) {
    std::set<std::string> names;
    for (const PolicyCase& policy : readPolicyTable(table)) {
      INFO(policy.name);
      CHECK(names.insert(policy.name).second);
    }
  }
}

TEST_CASE("every key of the schema is refused somewhere in the bad table, at its place") {
  std::set<std::string> missing = schemaKeys();
  CHECK(missing.size() > 60);
  for (const PolicyCase& policy : readPolicyTable(badTable)) {
    for (const Diagnostic& diagnostic : parsePolicy(policy.text).diagnostics)
      missing.erase(keyPath(diagnostic.pointer));
  }
  CHECK(missing == std::set<std::string>{});
}

TEST_CASE("every key of the schema is taken somewhere in the good table") {
  std::set<std::string> missing = schemaKeys();
  for (const PolicyCase& policy : readPolicyTable(goodTable)) {
    for (const auto& [pointer, place] : parsePolicy(policy.text).places)
      missing.erase(keyPath(pointer));
  }
  CHECK(missing == std::set<std::string>{});
}

}  // namespace imshealth::test
