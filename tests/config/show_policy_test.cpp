#include "config/show_policy.h"

#include "tests/config/policy_table.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

namespace imshealth::test {

TEST_CASE("the effective policy is shown with the origin of each value") {
  const std::string text = R"({
  "mode": "repair",
  "watch": [
    { "counterService": "MSExchangeIMC",
      "alsoOn": [1005, 1009], "causes": { "openFailed": "alert" } }],
  "limits": { "attempts": 2 }
})";
  CHECK(showPolicy(text, "policy.json") == R"({
  "schemaVersion": 1,  // default
  "mode": "repair",  // policy.json:2
  "watch": [
    {
      "counterService": "MSExchangeIMC",  // policy.json:4
      "directory": "auto",  // default
      "library": "auto",  // default
      "counterFile": "imcperf.ini",  // default
      "versions": [],  // default
      "procedure": "full",  // default
      "alsoOn": [1005, 1009],  // policy.json:5
      "causes": {
        "openFailed": "alert"  // policy.json:5
      }
    }
  ],
  "limits": {
    "coolDown": "15m",  // default
    "attempts": 2,  // policy.json:6
    "within": "24h",  // default
    "commandTimeout": "180s",  // default
    "probeTimeout": "10s"  // default
  },
  "verify": {
    "watchFor": "30s"  // default
  },
  "maintenanceWindows": [],  // default
  "eventLog": {
    "api": "auto",  // default
    "lookBack": "24h"  // default
  },
  "log": {
    "level": "info",  // default
    "maxSize": "5MB",  // default
    "files": 5  // default
  },
  "metrics": {}  // default
}
)");
}

TEST_CASE("what is shown is the same policy again") {
  for (const PolicyCase& policy : readPolicyTable("tests/config/data/good_policies.txt")) {
    INFO(policy.name);
    const auto shown = showPolicy(policy.text, "policy.json");
    REQUIRE(shown.has_value());
    CHECK(parsePolicy(*shown).policy == parsePolicy(policy.text).policy);
    const auto document = nlohmann::json::parse(showPolicyJson(policy.text, "p").value());
    CHECK(parsePolicy(document["policy"].dump()).policy == parsePolicy(policy.text).policy);
  }
}

TEST_CASE("without a file everything is shown as a default") {
  const auto origins = nlohmann::json::parse(showPolicyJson("{}", "").value())["origins"];
  CHECK(origins.size() > 15);
  for (const auto& origin : origins.items())
    CHECK(origin.value() == "default");
}

TEST_CASE("origins for programs are by JSON pointer") {
  const auto origins = nlohmann::json::parse(
      showPolicyJson("{ \"limits\":\n { \"attempts\": 2 } }", "p.json").value())["origins"];
  CHECK(origins["/limits/attempts"] == "p.json:2");
  CHECK(origins["/limits/within"] == "default");
  CHECK(origins["/watch/0/counterService"] == "default");
}

TEST_CASE("a policy with an error is not shown") {
  CHECK_FALSE(showPolicy("{ \"mode\": 1 }", "p").has_value());
  CHECK_FALSE(showPolicyJson("{", "p").has_value());
}

TEST_CASE("diagnostics for programs have place, pointer and message") {
  const auto bad = nlohmann::json::parse(
      diagnosticsJson(parsePolicy("{\n \"limits\": { \"attempts\": 0 } }").diagnostics));
  CHECK(bad == nlohmann::json::parse(R"({ "valid": false, "diagnostics": [{
    "severity": "error", "line": 2, "column": 26, "pointer": "/limits/attempts",
    "message": "0 is too small for \"attempts\"; 1 is the least" }] })"));
  const auto warned = nlohmann::json::parse(
      diagnosticsJson(parsePolicy("{ \"limits\": { \"within\": \"1m\" } }").diagnostics));
  CHECK(warned["valid"] == true);
  CHECK(warned["diagnostics"][0]["severity"] == "warning");
  CHECK(nlohmann::json::parse(diagnosticsJson({})) ==
        nlohmann::json::parse(R"({ "valid": true, "diagnostics": [] })"));
}

}  // namespace imshealth::test
