// From findings to one word.
#include "core/decide.h"

#include <catch2/catch.hpp>

using namespace imshealth;

namespace {

Finding finding(Cause cause, bool repairable) {
  return {cause, "evidence", repairable};
}

struct Case {
  std::vector<Finding> findings{finding(Cause::countersNotLoaded, true)};
  Policy policy;
  Circumstances given;

  Case() {
    policy.mode = Mode::repair;
    policy.watch.emplace_back().counterService = "MSExchangeIMC";
    given.now = timeFromSeconds(946684800);
  }
  WatchPolicy& watch() { return policy.watch.front(); }
  Verdict verdict() { return decide(findings, policy, watch(), given).verdict; }
};

}  // namespace

TEST_CASE("A curable cause in mode repair is repaired") {
  CHECK(Case().verdict() == Verdict::repair);
}

TEST_CASE("The most specific mode wins: policy, watch, cause") {
  Case c;
  c.policy.mode = Mode::alert;
  CHECK(c.verdict() == Verdict::alert);
  c.watch().mode = Mode::repair;
  CHECK(c.verdict() == Verdict::repair);
  c.watch().causes["countersNotLoaded"] = Mode::alert;
  CHECK(c.verdict() == Verdict::policyAlert);
  c.policy.mode = Mode::alert;
  c.watch().mode = std::nullopt;
  c.watch().causes["countersNotLoaded"] = Mode::repair;
  CHECK(c.verdict() == Verdict::repair);
}

TEST_CASE(
    "A repair mends all that was found, so one cause of which the policy only wants to be told "
    "forbids it") {
  Case c;
  c.findings = {finding(Cause::libraryNotRegistered, true),
                finding(Cause::countersInconsistent, true)};
  SECTION("in a watch that repairs") {
    c.watch().causes["countersInconsistent"] = Mode::alert;
    CHECK(c.verdict() == Verdict::policyAlert);
    CHECK(decide(c.findings, c.policy, c.watch(), c.given).mode == Mode::repair);
  }
  SECTION("in a watch that repairs the main cause alone") {
    c.policy.mode = Mode::alert;
    c.watch().causes["libraryNotRegistered"] = Mode::repair;
    CHECK(c.verdict() == Verdict::alert);
    CHECK(decide(c.findings, c.policy, c.watch(), c.given).mode == Mode::alert);
    c.findings.pop_back();
    CHECK(c.verdict() == Verdict::repair);
  }
  SECTION("unless a person asked") {
    c.watch().causes["countersInconsistent"] = Mode::alert;
    c.given.force = true;
    CHECK(c.verdict() == Verdict::repair);
  }
}

TEST_CASE("What the article's repair cannot cure is never repaired, not even by force") {
  Case c;
  c.given.force = GENERATE(false, true);
  SECTION("not curable") {
    c.findings = {finding(Cause::serviceNotInstalled, false),
                  finding(Cause::countersNotLoaded, true)};
    CHECK(c.verdict() == Verdict::notRepairable);
  }
  SECTION("not trusted") {
    c.findings = {finding(Cause::untrustedPath, false)};
    CHECK(c.verdict() == Verdict::untrustedPath);
  }
  SECTION("machine-wide") {
    c.findings = {finding(Cause::machineWideFault, false)};
    CHECK(c.verdict() == Verdict::machineWideFault);
  }
}

TEST_CASE("What holds a repair back, and that a person's --force does not wait for it") {
  Case c;
  Verdict expected = Verdict::repair;
  SECTION("paused") {
    c.given.paused = true;
    expected = Verdict::paused;
  }
  SECTION("cool-down") {
    c.given.limits.lastAttemptEnd = c.given.now;
    expected = Verdict::coolDown;
  }
  SECTION("circuit, also within the cool-down") {
    c.given.limits.lastAttemptEnd = c.given.now;
    c.given.limits.circuitOpen = true;
    expected = Verdict::attemptsExhausted;
  }
  SECTION("maintenance window") {
    c.policy.maintenanceWindows = {{.days = 1, .fromMinute = 0, .toMinute = 60}};
    c.given.local = {1, 30};
    expected = Verdict::maintenanceWindow;
  }
  CHECK(c.verdict() == expected);
  c.given.force = true;
  CHECK(c.verdict() == Verdict::repair);
}

TEST_CASE("Without a journal, or while another repairs, even force has to wait") {
  Case c;
  c.given.force = GENERATE(false, true);
  SECTION("journal") {
    c.given.journalUnavailable = true;
    CHECK(c.verdict() == Verdict::journalUnavailable);
  }
  SECTION("another repair") {
    c.given.repairUnderWay = true;
    CHECK(c.verdict() == Verdict::repairUnderWay);
  }
}

TEST_CASE("204 follows in mode repair only") {
  Case c;
  c.findings = {finding(Cause::serviceNotInstalled, false)};
  CHECK(decide(c.findings, c.policy, c.watch(), c.given).mode == Mode::repair);
  c.policy.mode = Mode::alert;
  CHECK(decide(c.findings, c.policy, c.watch(), c.given).mode == Mode::alert);
  CHECK(c.verdict() == Verdict::alert);
}

TEST_CASE("The explanation names meaning, evidence, article and the other findings") {
  Case c;
  c.findings = {finding(Cause::serviceNotInstalled, false),
                finding(Cause::countersNotLoaded, true)};
  const std::string text = decide(c.findings, c.policy, c.watch(), c.given).explanation;
  CHECK(text.find("evidence") != std::string::npos);
  CHECK(text.find("Q163727") != std::string::npos);
  CHECK(text.find("countersNotLoaded") != std::string::npos);
}
