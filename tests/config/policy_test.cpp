#include "config/policy.h"

#include "config/default_policy.h"
#include "config/effective_policy.h"
#include "config/jsonc.h"
#include "config/parse_policy.h"
#include "tests/config/policy_table.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <ctime>

namespace imshealth::test {
namespace {

using namespace std::chrono_literals;

Policy parsed(std::string_view text) {
  const PolicyReading reading = parsePolicy(text);
  INFO(render(reading.diagnostics, "policy.json", text));
  REQUIRE(reading.policy.has_value());
  return *reading.policy;
}

WatchPolicy mailService() {
  WatchPolicy watch;
  watch.counterService = "MSExchangeIMC";
  watch.displayName = "Internet Mail Service";
  return watch;
}

}  // namespace

TEST_CASE("the built-in default watches MSExchangeIMC in mode alert, all else as policy.h says") {
  Policy expected;
  expected.watch = {mailService()};
  CHECK(builtInPolicy() == expected);
  CHECK(builtInPolicy().mode == Mode::alert);
}

TEST_CASE("an empty object is the built-in default") {
  CHECK(parsed("{}") == builtInPolicy());
}

TEST_CASE("the starting file says the built-in default, with and without its suggestions") {
  CHECK(parsed(defaultPolicyText()) == builtInPolicy());
  CHECK(parsePolicy(defaultPolicyText()).diagnostics.empty());
  std::string text(defaultPolicyText());
  int suggestions = 0;
  for (std::size_t at = 0; (at = text.find("// \"", at)) != std::string::npos;) {
    if (text.find("\": ", at) > text.find('\n', at)) {
      ++at;
      continue;
    }
    text.erase(at, 3);
    ++suggestions;
  }
  CHECK(suggestions == 4);
  // All suggestions at once warn only of what the mode, which stays alert, makes of them.
  for (const Diagnostic& diagnostic : parsePolicy(text).diagnostics)
    CHECK(diagnostic.pointer == "/maintenanceWindows");
  const Policy policy = parsed(text);
  CHECK(policy.watch.at(0).trustedCopy == "D:\\Recovery\\imsperf.dll");
  CHECK(policy.maintenanceWindows.size() == 1);
}

TEST_CASE("both samples are valid without a warning") {
  const std::string file = GENERATE(as<std::string>(), "minimal", "complete");
  const PolicyReading reading = parsePolicy(readSourceFile("config/samples/" + file + ".jsonc"));
  CHECK(reading.policy.has_value());
  CHECK(reading.diagnostics.empty());
}

TEST_CASE("the minimal sample is the default in mode repair") {
  Policy expected = builtInPolicy();
  expected.mode = Mode::repair;
  CHECK(parsed(readSourceFile("config/samples/minimal.jsonc")) == expected);
}

TEST_CASE("every key arrives in the policy") {
  const Policy policy = parsed(R"({
    "schemaVersion": 1, "mode": "repair",
    "watch": [{
      "counterService": "MSExchangeMTA", "displayName": "MTA", "directory": "E:\\bin", "library": "mta.dll",
      "counterFile": "mtaperf.ini", "versions": ["5.5.1960.3", "5.5.2653.13"], "trustedCopy": "D:\\mta.dll",
      "mode": "alert", "procedure": "minimal", "alsoOn": [1005, 1023],
      "causes": { "openFailed": "repair", "unknown": "alert" } }],
    "limits": { "coolDown": "500ms", "attempts": 7, "within": "2d", "commandTimeout": "3m", "probeTimeout": "1h" },
    "verify": { "watchFor": "45s" },
    "maintenanceWindows": [{ "days": ["mon", "sun"], "from": "22:30", "to": "24:00" }, { "from": "00:00", "to": "01:05" }],
    "eventLog": { "api": "classic", "lookBack": "36h" },
    "log": { "level": "debug", "maxSize": "512KB", "files": 2 },
    "metrics": { "textfile": "C:\\m\\i.prom" } })");

  WatchPolicy watch;
  watch.counterService = "MSExchangeMTA";
  watch.displayName = "MTA";
  watch.directory = "E:\\bin";
  watch.library = "mta.dll";
  watch.counterFile = "mtaperf.ini";
  watch.versions = {"5.5.1960.3", "5.5.2653.13"};
  watch.trustedCopy = "D:\\mta.dll";
  watch.mode = Mode::alert;
  watch.procedure = Procedure::minimal;
  watch.alsoOn = {1005, 1023};
  watch.causes = {{"openFailed", Mode::repair}, {"unknown", Mode::alert}};
  Policy expected;
  expected.mode = Mode::repair;
  expected.watch = {watch};
  expected.limits = {500ms, 7, 48h, 3min, 1h};
  expected.verify = {45s};
  expected.maintenanceWindows = {{0b1000001, 22 * 60 + 30, 24 * 60}, {0b1111111, 0, 65}};
  expected.eventLog = {EventApi::classic, 36h};
  expected.log = {"debug", 512 * 1024, 2};
  expected.metrics = {"C:\\m\\i.prom"};
  CHECK(policy == expected);
}

TEST_CASE("a watch is found by its counter service without regard to case") {
  const Policy policy = builtInPolicy();
  CHECK(policy.find("msexchangeimc") == &policy.watch[0]);
  CHECK(policy.find("MSExchangeMTA") == nullptr);
  CHECK(policy.find("") == nullptr);
}

TEST_CASE("a policy with an error has no value, one with warnings has") {
  CHECK_FALSE(parsePolicy("{ \"mode\": 1 }").policy.has_value());
  const PolicyReading warned = parsePolicy("{ \"limits\": { \"within\": \"1m\" } }");
  CHECK(warned.policy.has_value());
  REQUIRE(warned.diagnostics.size() == 1);
  CHECK(warned.diagnostics[0].severity == Severity::warning);
}

TEST_CASE("a diagnostic is shown with its line and a caret") {
  const std::string text = "{\n\t\"mode\": \"repare\"\n}\n";
  const PolicyReading reading = parsePolicy(text);
  REQUIRE(reading.diagnostics.size() == 1);
  CHECK(render({reading.diagnostics[0]}, "policy.json", text) ==
        "policy.json:2:10: error: \"repare\" is not a mode; did you mean \"repair\"?\n"
        "\t\"mode\": \"repare\"\n"
        "\t        ^\n");
}

TEST_CASE("the caret stands right behind characters of several bytes") {
  const std::string text = "{ \"ü\": 1, \"mode\": 2 }";
  const PolicyReading reading = parsePolicy(text);
  REQUIRE(reading.diagnostics.size() == 2);
  CHECK(
      render({reading.diagnostics[1]}, "p", text) ==
      "p:1:19: error: \"mode\" must be text in double quotes, such as \"alert\", not the number 2\n"
      "{ \"ü\": 1, \"mode\": 2 }\n"
      "                  ^\n");
}

TEST_CASE("a diagnostic of a file that is no text is shown without a caret's line") {
  CHECK(render({{Severity::error, 1, 1, "", "reason"}}, "p", "") == "p:1:1: error: reason\n");
  CHECK(render({{Severity::warning, 9, 1, "", "reason"}}, "p", "{}") == "p:9:1: warning: reason\n");
}

TEST_CASE("a file full of unknown keys is judged at once: what was meant is said of those shown") {
  std::string text;
  for (int watch = 0; watch < 64; ++watch) {
    text += fmt::format("{}{{\"counterService\":\"S{}\"", watch == 0 ? "" : ",", watch);
    for (int key = 0; key < 250; ++key)
      text += fmt::format(",\"colour{}of{}\":1", key, watch);
    text += "}";
  }
  text = "{\"watch\":[" + text + "]}";
  const std::clock_t begin = std::clock();
  CHECK(readJsonc(text).complete);
  const std::clock_t read = std::clock();
  const PolicyReading reading = parsePolicy(text);
  const std::clock_t judged = std::clock();
  REQUIRE(reading.diagnostics.size() == 101);
  CHECK(reading.diagnostics[0].message ==
        "unknown key \"colour0of0\"; known here: \"counterService\", \"displayName\", "
        "\"directory\", \"library\", \"counterFile\", \"versions\", \"trustedCopy\", \"mode\", "
        "\"procedure\", \"alsoOn\" and \"causes\"");
  CHECK(reading.diagnostics[99].message.starts_with("unknown key \"colour99of0\"; known here"));
  CHECK(reading.diagnostics[100].message == "and 15900 more; only the first 100 are listed");
  // Twice as long on any machine; more than 50 times where each key is explained.
  CHECK(judged - read < 20 * (read - begin));
}

TEST_CASE("however many diagnostics are shown, the file is gone through once") {
  const std::string text = "/*" + std::string(900000, 'x') + "*/ {\"mode\":1}";
  const auto took = [&](std::size_t count) {
    const std::vector<Diagnostic> diagnostics(count, {Severity::error, 1, 900009, "", "reason"});
    const std::clock_t begin = std::clock();
    CHECK(render(diagnostics, "p", text).size() > count * 160);
    return std::clock() - begin;
  };
  CHECK(took(100) < 10 * std::max(took(1), took(1)));
}

TEST_CASE("diagnostics of one line and of several are each shown with what is around them") {
  const std::string text = std::string(100, 'a') + "ü" + std::string(100, 'b') + "\r\nc\r\n\nd";
  const std::vector<Place> places = {{1, 2}, {1, 101}, {1, 182}, {1, 202}, {2, 1}, {3, 1}, {4, 2}};
  std::vector<Diagnostic> diagnostics;
  std::string expected;
  for (const Place& place : places) {
    diagnostics.push_back({Severity::error, place.line, place.column, "", "reason"});
    expected += render({diagnostics.back()}, "p", text);
  }
  CHECK(render(diagnostics, "p", text) == expected);
  CHECK(expected.find("p:1:182: error: reason\n…" + std::string(100, 'b') + "\n") !=
        std::string::npos);
}

TEST_CASE("the places of the values are kept") {
  const PolicyReading reading = parsePolicy("{\n  \"limits\": {\n    \"attempts\": 2 } }");
  CHECK(reading.places.at("/limits/attempts") == Place{3, 17});
  CHECK(reading.places.count("/limits/within") == 0);
}

TEST_CASE("the embedded schema and default are the files in config") {
  CHECK(policySchema() == readSourceFile("config/policy.schema.json"));
  CHECK(defaultPolicyText() == readSourceFile("config/policy.default.jsonc"));
}

}  // namespace imshealth::test
