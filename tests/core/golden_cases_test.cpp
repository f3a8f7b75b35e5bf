// Every folder below tests/data/cases is a case: event, facts and policy in, findings, decision and
// steps out. A new case needs no code.
//   event.json     the event as the log gives it; `data` is hexadecimal
//   facts.json     {"base": "healthy"} and what differs from it: a merge patch (RFC 7396), and for
//                  lists `patch`, a JSON patch (RFC 6902)
//   policy.json    a whole policy
//   expected.json  findings (cause, repairable, a part of the evidence), decision (null where there
//                  is nothing to decide), steps that will be done
#include "config/parse_policy.h"
#include "core/decide.h"
#include "core/diagnose.h"
#include "core/facts_json.h"
#include "core/match.h"
#include "core/plan.h"
#include "tests/show_result.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

namespace imshealth {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

const fs::path kCases = fs::path(IMSHEALTH_SOURCE_DIR) / "tests/data/cases";

std::string textOf(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  REQUIRE(file);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

json readJson(const fs::path& path) {
  return json::parse(textOf(path));
}

Facts readFacts(const fs::path& folder) {
  json overlay = readJson(folder / "facts.json");
  const std::string base = overlay.at("base").get<std::string>();
  const json patch = overlay.value("patch", json::array());
  overlay.erase("base");
  overlay.erase("patch");
  json whole = readJson(kCases / (base + ".json"));
  whole.merge_patch(overlay);
  whole = whole.patch(patch);
  auto facts = factsFromJson(whole);
  INFO((facts ? std::string() : facts.error().describe()));
  REQUIRE(facts);
  // What a case says is what is decided on: writing it and reading it back changes nothing.
  const auto again = factsFromJson(toJson(*facts));
  REQUIRE(again);
  CHECK(*again == *facts);
  return *facts;
}

LogEvent readEvent(const fs::path& path) {
  const json from = readJson(path);
  LogEvent event;
  event.source = from.at("source").get<std::string>();
  event.eventId = from.at("eventId").get<std::uint32_t>();
  event.recordNumber = from.at("recordNumber").get<std::uint64_t>();
  event.strings = from.at("strings").get<std::vector<std::string>>();
  const std::string hex = from.at("data").get<std::string>();
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    event.data.push_back(static_cast<std::uint8_t>(std::stoul(hex.substr(i, 2), nullptr, 16)));
  }
  return event;
}

std::vector<std::string> applicableSteps(const Plan& plan) {
  std::vector<std::string> steps;
  for (const Step& step : plan.steps) {
    if (step.applicable) {
      steps.emplace_back(toString(step.kind));
    }
  }
  return steps;
}

void runCase(const fs::path& folder) {
  const json expected = readJson(folder / "expected.json");
  const PolicyReading reading = parsePolicy(textOf(folder / "policy.json"));
  REQUIRE(reading.policy);
  const Policy& policy = *reading.policy;
  const auto failure = matchOpenFailure(readEvent(folder / "event.json"), policy);
  REQUIRE(failure);
  const WatchPolicy* watch = policy.find(failure->counterService);
  REQUIRE(watch != nullptr);
  Facts facts = readFacts(folder);
  facts.eventStatus = failure->status;
  facts.eventId = failure->eventId;

  const auto findings = diagnose(facts, *watch);

  std::vector<std::string> found;
  for (const Finding& finding : findings) {
    found.push_back(std::string(toString(finding.cause)) +
                    (finding.repairable ? ", repairable" : ""));
  }
  std::vector<std::string> wanted;
  for (const json& finding : expected.at("findings")) {
    wanted.push_back(finding.at("cause").get<std::string>() +
                     (finding.at("repairable").get<bool>() ? ", repairable" : ""));
  }
  REQUIRE(found == wanted);
  for (std::size_t i = 0; i < findings.size(); ++i) {
    CHECK_THAT(findings[i].evidence,
               Catch::Contains(expected["findings"][i].at("evidence").get<std::string>()));
  }
  // Healthy: nothing is decided. Else only the word `repair` has steps.
  json word = nullptr;
  json steps = json::array();
  if (!findings.empty()) {
    const Decision decision = decide(findings, policy, *watch, Circumstances{});
    word = std::string(toString(decision.verdict));
    if (decision.verdict == Verdict::repair) {
      steps = applicableSteps(planRepair(facts, findings, *watch));
    }
  }
  CHECK(word == expected.at("decision"));
  CHECK(steps == expected.at("steps"));
}

std::vector<fs::path> allCases() {
  std::vector<fs::path> folders;
  for (const auto& entry : fs::directory_iterator(kCases)) {
    if (entry.is_directory()) {
      folders.push_back(entry.path());
    }
  }
  std::ranges::sort(folders);
  return folders;
}

}  // namespace

TEST_CASE("Each golden case is diagnosed, decided and planned as it says") {
  for (const fs::path& folder : allCases()) {
    DYNAMIC_SECTION(folder.filename().string()) {
      runCase(folder);
    }
  }
}

TEST_CASE("Every article of the causes table has a golden case that bears its number") {
  const auto folders = allCases();
  for (const CauseRow& row : causesTable()) {
    INFO(row.code << " " << row.article);
    CHECK((row.article.empty() || std::ranges::any_of(folders, [&](const fs::path& folder) {
             return folder.filename().string().starts_with(std::string(row.article) + "-");
           })));
  }
}

TEST_CASE("Every cause has a golden case") {
  std::set<std::string> causes;
  for (const fs::path& folder : allCases()) {
    const json expected = readJson(folder / "expected.json");
    for (const json& finding : expected.at("findings")) {
      causes.insert(finding.at("cause").get<std::string>());
    }
  }
  for (const CauseRow& row : causesTable()) {
    INFO(row.code);
    CHECK(causes.contains(std::string(row.code)));
  }
}

}  // namespace imshealth
