#include "core/explain_policy.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace imshealth::test {
namespace {

Policy repairing() {
  Policy policy = builtInPolicy();
  policy.mode = Mode::repair;
  return policy;
}

ExplainedCause explained(const Policy& policy, Cause cause) {
  const std::vector<ExplainedWatch> watches = explainPolicy(policy);
  const auto& causes = watches.at(0).causes;
  return *std::ranges::find(causes, cause, &ExplainedCause::cause);
}

}  // namespace

TEST_CASE("every cause is explained for every watch, in the order of the table") {
  Policy policy = builtInPolicy();
  policy.watch.push_back(policy.watch[0]);
  policy.watch[1].counterService = "MSExchangeMTA";
  const std::vector<ExplainedWatch> watches = explainPolicy(policy);
  REQUIRE(watches.size() == 2);
  CHECK(watches[1].counterService == "MSExchangeMTA");
  for (const ExplainedWatch& watch : watches) {
    REQUIRE(watch.causes.size() == causesTable().size());
    for (std::size_t i = 0; i < watch.causes.size(); ++i)
      CHECK(watch.causes[i].cause == causesTable()[i].cause);
  }
}

TEST_CASE("in mode alert every cause is an alert by the policy's mode") {
  const std::vector<ExplainedWatch> watches = explainPolicy(builtInPolicy());
  for (const ExplainedCause& cause : watches.at(0).causes) {
    CHECK(cause.verdict == Verdict::alert);
    CHECK(cause.rule == "/mode");
    CHECK(cause.remark.neverApplies.empty());
  }
}

TEST_CASE("in mode repair the causes that the repair can cure are repaired") {
  const Policy policy = repairing();
  CHECK(explained(policy, Cause::openFailed).verdict == Verdict::repair);
  CHECK(explained(policy, Cause::clusterNode).verdict == Verdict::notRepairable);
  CHECK(explained(policy, Cause::untrustedPath).verdict == Verdict::untrustedPath);
  CHECK(explained(policy, Cause::libraryMissing).verdict == Verdict::notRepairable);
}

TEST_CASE("with a trusted copy a missing library is repaired too, and without one that is said") {
  Policy policy = repairing();
  CHECK(explained(policy, Cause::libraryMissing).wouldNeed == "trustedCopy");
  CHECK_THAT(explanationText(explainPolicy(policy), "policy.json", {}),
             Catch::Contains("/mode (default)  could be repaired with a trustedCopy\n"));
  CHECK(explained(policy, Cause::libraryWrongVersion).wouldNeed.empty());  // it is never found
  CHECK(explained(policy, Cause::clusterNode).wouldNeed.empty());
  policy.watch[0].trustedCopy = "D:\\Recovery\\imsperf.dll";
  CHECK(explained(policy, Cause::libraryMissing).verdict == Verdict::repair);
  CHECK(explained(policy, Cause::libraryMissing).wouldNeed.empty());
}

TEST_CASE("maintenance windows do not change what is explained") {
  Policy policy = repairing();
  policy.maintenanceWindows = {{0b0000001, 0, 1}};
  CHECK(explained(policy, Cause::openFailed).verdict == Verdict::repair);
}

TEST_CASE("the most specific rule is named") {
  Policy policy = repairing();
  policy.watch[0].mode = Mode::alert;
  policy.watch[0].causes = {{"openFailed", Mode::repair}};
  CHECK(explained(policy, Cause::openFailed) ==
        ExplainedCause{Cause::openFailed, Verdict::repair, "/watch/0/causes/openFailed", {}});
  CHECK(explained(policy, Cause::countersNotLoaded) ==
        ExplainedCause{Cause::countersNotLoaded, Verdict::alert, "/watch/0/mode", {}});
}

TEST_CASE("rules that can never apply are flagged with the reason") {
  Policy policy = repairing();
  policy.watch[0].causes = {{"clusterNode", Mode::repair},
                            {"libraryMissing", Mode::repair},
                            {"openFailed", Mode::repair},
                            {"countersNotLoaded", Mode::alert}};
  CHECK(explained(policy, Cause::clusterNode).remark.neverApplies ==
        "this cause is always an alert");
  CHECK(explained(policy, Cause::libraryMissing).remark.neverApplies ==
        "there is no trustedCopy to restore from");
  CHECK(explained(policy, Cause::openFailed).remark.neverApplies ==
        "the mode is the same without the rule");
  CHECK(explained(policy, Cause::countersNotLoaded).remark.neverApplies.empty());
}

TEST_CASE("rules for causes that this policy never looks for are flagged") {
  Policy policy = repairing();
  policy.watch[0].causes = {{"libraryWrongVersion", Mode::alert},
                            {"libraryDiffersFromTrustedCopy", Mode::alert}};
  CHECK(explained(policy, Cause::libraryWrongVersion).remark.neverApplies ==
        "without versions it is never found");
  CHECK(explained(policy, Cause::libraryDiffersFromTrustedCopy).remark.neverApplies ==
        "without a trustedCopy it is never found");
  policy.watch[0].versions = {"5.5.1960.3"};
  policy.watch[0].trustedCopy = "D:\\Recovery\\imsperf.dll";
  CHECK(explained(policy, Cause::libraryWrongVersion).remark.neverApplies.empty());
  CHECK(explained(policy, Cause::libraryDiffersFromTrustedCopy).remark.neverApplies.empty());
}

TEST_CASE("a watch's mode that changes nothing is flagged") {
  Policy policy = repairing();
  CHECK(explainPolicy(policy).at(0).remark.neverApplies.empty());
  policy.watch[0].mode = Mode::repair;
  CHECK(explainPolicy(policy).at(0).remark.neverApplies == "the policy's mode is the same");
  policy.watch[0].mode = Mode::alert;
  CHECK(explainPolicy(policy).at(0).remark.neverApplies.empty());
  for (const CauseRow& row : causesTable())
    policy.watch[0].causes.emplace(row.code, Mode::repair);
  CHECK(explainPolicy(policy).at(0).remark.neverApplies == "every cause has its own rule");
}

TEST_CASE("a rule for a cause that is always an alert changes the word of the decision") {
  Policy policy = builtInPolicy();
  policy.watch[0].causes = {{"clusterNode", Mode::repair}, {"libraryMissing", Mode::repair}};
  CHECK(explained(policy, Cause::clusterNode) ==
        ExplainedCause{Cause::clusterNode,
                       Verdict::notRepairable,
                       "/watch/0/causes/clusterNode",
                       {"", "this cause is always an alert"}});
  CHECK(explained(policy, Cause::libraryMissing).remark.neverApplies.empty());
  CHECK(explained(policy, Cause::libraryMissing).remark.onlyTheWord ==
        "there is no trustedCopy to restore from");
  policy = repairing();
  policy.watch[0].causes = {{"unknown", Mode::alert}};
  CHECK(explained(policy, Cause::unknown) == ExplainedCause{Cause::unknown,
                                                            Verdict::policyAlert,
                                                            "/watch/0/causes/unknown",
                                                            {"", "this cause is always an alert"}});
}

TEST_CASE("a watch's mode can change the word where it changes no repair") {
  Policy policy = repairing();
  policy.watch[0].mode = Mode::alert;
  for (const CauseRow& row : causesTable()) {
    if (row.cure == Cure::repair)
      policy.watch[0].causes.emplace(row.code, Mode::repair);
  }
  const ExplainedWatch watch = explainPolicy(policy).at(0);
  CHECK(watch.remark.neverApplies.empty());
  CHECK(watch.remark.onlyTheWord == "every cause that can be repaired has its own rule");
  CHECK(explanationText({watch}, "p", {})
            .find("  its own mode cannot make it a repair, changes only the word in 200 and 204: "
                  "every cause that can be repaired has its own rule\n") != std::string::npos);
}

TEST_CASE("without the rules that are said to be dead everything is decided the same") {
  const auto mode = [](int digit) {
    return digit == 0 ? std::nullopt : std::optional(digit == 1 ? Mode::alert : Mode::repair);
  };
  // Each mode of: policy, watch, then a curable cause, all others of them, all that are no repair.
  for (int number = 0; number < 2 * 3 * 3 * 3 * 3; ++number) {
    CAPTURE(number);
    Policy policy = number % 2 == 0 ? builtInPolicy() : repairing();
    WatchPolicy& watch = policy.watch[0];
    watch.mode = mode(number / 2 % 3);
    for (const CauseRow& row : causesTable()) {
      const int divisor = row.cause == Cause::openFailed ? 6 : row.cure == Cure::repair ? 18 : 54;
      if (const auto rule = mode(number / divisor % 3))
        watch.causes.emplace(row.code, *rule);
    }
    const ExplainedWatch before = explainPolicy(policy).at(0);
    if (!before.remark.neverApplies.empty())
      watch.mode.reset();
    for (const ExplainedCause& cause : before.causes) {
      if (!cause.remark.neverApplies.empty())
        watch.causes.erase(std::string(toString(cause.cause)));
    }
    const ExplainedWatch after = explainPolicy(policy).at(0);
    for (std::size_t i = 0; i < before.causes.size(); ++i) {
      CAPTURE(toString(before.causes[i].cause));
      if (before.causes[i].cause != Cause::libraryWrongVersion &&
          before.causes[i].cause != Cause::libraryDiffersFromTrustedCopy)  // never found here
        CHECK(after.causes[i].verdict == before.causes[i].verdict);
    }
  }
}

TEST_CASE("a watch's mode and its causes' rules are not each dead because of the other") {
  Policy policy = builtInPolicy();
  policy.watch[0].mode = Mode::repair;
  for (const CauseRow& row : causesTable()) {
    if (row.cure == Cure::repair)
      policy.watch[0].causes.emplace(row.code, Mode::repair);
  }
  const ExplainedWatch watch = explainPolicy(policy).at(0);
  CHECK(watch.remark.neverApplies.empty());
  CHECK(explained(policy, Cause::openFailed).remark.neverApplies ==
        "the mode is the same without the rule");
}

TEST_CASE("the explanation is printed for people and for programs, with the line of each rule") {
  const PolicyReading reading = parsePolicy(R"({
  "mode": "repair",
  "watch": [{
    "counterService": "MSExchangeIMC",
    "causes": { "clusterNode": "repair" }
  }]
})");
  REQUIRE(reading.policy);
  const std::vector<ExplainedWatch> watches = explainPolicy(*reading.policy);
  const std::string text = explanationText(watches, "policy.json", reading.places);
  CHECK(text.starts_with(
      "MSExchangeIMC\n"
      "  untrustedPath                 untrustedPath     /mode (policy.json:2)\n"));
  CHECK(text.find("  clusterNode                   notRepairable     /watch/0/causes/clusterNode "
                  "(policy.json:5)  never applies: this cause is always an alert\n") !=
        std::string::npos);
  const auto document = nlohmann::json::parse(explanationJson(watches, reading.places));
  CHECK(document["watches"][0]["counterService"] == "MSExchangeIMC");
  CHECK(document["watches"][0]["causes"][2] == nlohmann::json::parse(R"({
    "cause": "clusterNode", "decision": "notRepairable", "rule": "/watch/0/causes/clusterNode",
    "line": 5, "neverApplies": "this cause is always an alert", "onlyTheWord": "",
    "wouldNeed": "" })"));
}

TEST_CASE("a rule that the file does not have is explained as the default") {
  const PolicyReading reading = parsePolicy("{}");
  const std::vector<ExplainedWatch> watches = explainPolicy(reading.policy.value());
  const std::string text = explanationText(watches, "policy.json", reading.places);
  CHECK(text.find("  openFailed                    alert             /mode (default)\n") !=
        std::string::npos);
  const auto document = nlohmann::json::parse(explanationJson(watches, reading.places));
  for (const auto& cause : document["watches"][0]["causes"])
    CHECK(cause["line"].is_null());
}

TEST_CASE("columns of the explanation never touch") {
  Policy policy = repairing();
  const std::string text = explanationText(explainPolicy(policy), "p", {});
  for (const CauseRow& row : causesTable()) {
    INFO(row.code);
    const std::string verdict(toString(explained(policy, row.cause).verdict));
    CHECK(text.find(std::string(row.code) + " ") != std::string::npos);
    CHECK(text.find(verdict + " ") != std::string::npos);
    CHECK(text.find(verdict + "/") == std::string::npos);
  }
}

TEST_CASE("a watch is headed by the name that programs know, then by the one for people") {
  Policy policy = builtInPolicy();
  policy.watch.push_back({.counterService = "MSExchangeMTA"});
  policy.watch.push_back({.counterService = "Other", .displayName = "Bell \x7F"});
  const auto watches = explainPolicy(policy);
  CHECK(watches[0].heading == "MSExchangeIMC (Internet Mail Service)");
  CHECK(watches[1].heading == "MSExchangeMTA");
  CHECK(watches[2].heading == "Other (Bell ?)");
  const std::string text = explanationText(watches, "policy.json", {});
  CHECK(text.starts_with("MSExchangeIMC (Internet Mail Service)\n"));
  CHECK(text.find("\nMSExchangeMTA\n") != std::string::npos);
}

}  // namespace imshealth::test
