// Today's policy over yesterday's log: the decisions of the service, under assumptions that are
// named.
#include "core/incidents.h"
#include "core/replay_output.h"
#include "core/saved_evt.h"
#include "tests/core/simulated_server.h"
#include "tests/support/evt_bytes.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace imshealth;
using namespace std::chrono_literals;

namespace {

using Words = std::vector<std::string>;

const Time begin = timeFromSeconds(946684800);  // 2000-01-01, a Saturday

Policy repairing() {
  return testing::policyFor(Mode::repair);
}

HeardFailure failure(std::uint64_t record, Milliseconds after,
                     std::optional<std::uint32_t> status = std::nullopt,
                     const std::string& service = "MSExchangeIMC") {
  return {{service, 1008, record, toSeconds(begin + after), status}, begin + after};
}

ReplayAssumptions assuming(bool repaired) {
  return {repaired, [](Time time) { return localAt(time, 0); }};
}

Words decisions(const Replay& replay) {
  Words words;
  for (const ReplayedIncident& incident : replay.incidents) {
    words.push_back(std::string(toString(incident.verdict)));
  }
  return words;
}

}  // namespace

TEST_CASE("A burst is one incident and one decision, two seconds after its first event") {
  const Replay result =
      replay({failure(1, 0s), failure(2, 1s), failure(3, 20s)}, repairing(), assuming(false));
  REQUIRE(result.incidents.size() == 1);
  CHECK(result.failures == 3);
  CHECK(result.incidents[0].since == begin);
  CHECK(result.incidents[0].decided == begin + 2s);
  CHECK(result.incidents[0].records == std::vector<std::uint64_t>{1, 2, 3});
  CHECK(decisions(result) == Words{"repair"});
}

TEST_CASE("Mode alert would only have told") {
  const Replay result = replay({failure(1, 0s)}, testing::policyFor(Mode::alert), assuming(false));
  CHECK(decisions(result) == Words{"alert"});
}

TEST_CASE("The cause is what the status code says, openFailed where it says nothing") {
  const auto causeOfOne = [](std::optional<std::uint32_t> status) {
    const Replay result = replay({failure(1, 0s, status)}, repairing(), assuming(false));
    return std::string(toString(result.incidents.at(0).cause)) + " " + decisions(result).at(0);
  };
  CHECK(causeOfOne(std::nullopt) == "openFailed repair");
  CHECK(causeOfOne(2) == "openFailed repair");
  CHECK(causeOfOne(5) == "accessDenied notRepairable");
  CHECK(causeOfOne(126) == "dependencyMissing notRepairable");
  CHECK(causeOfOne(0x6BA) == "providerNotReady notRepairable");
}

TEST_CASE("A mode set for one cause counts") {
  Policy policy = repairing();
  policy.watch[0].causes["openFailed"] = Mode::alert;
  CHECK(decisions(replay({failure(1, 0s)}, policy, assuming(false))) == Words{"policyAlert"});
}

TEST_CASE(
    "Failures that never cease are decided anew when their time has come, as by the service") {
  std::vector<HeardFailure> heard;
  for (int i = 0; i < 29; ++i) {  // from 20:00 to 00:40
    heard.push_back(failure(static_cast<std::uint64_t>(i + 1), 20h + i * 10min));
  }
  Policy policy = repairing();
  SECTION("in the maintenance window") {
    policy.maintenanceWindows = {{.days = 127, .fromMinute = 22 * 60, .toMinute = 4 * 60}};
    const Replay result = replay(heard, policy, assuming(true));
    REQUIRE(result.incidents.size() > 2);
    CHECK(decisions(result)[0] == "maintenanceWindow");
    CHECK(decisions(result)[1] == "repair");
    CHECK_FALSE(result.incidents[0].anew);
    CHECK(result.incidents[0].records.size() == 13);
    CHECK(result.incidents[1].anew);
    CHECK(result.incidents[1].since == begin + 20h);
    CHECK(result.incidents[1].decided == begin + 22h + 1min);  // the check of that minute
  }
  SECTION("after the cool-down, until the attempts are used up") {
    const Replay result = replay(heard, policy, assuming(false));
    CHECK(decisions(result) == Words{"repair", "repair", "repair"});
    CHECK(result.incidents[1].anew);
    CHECK(result.incidents[1].decided - result.incidents[0].decided < 20min);
    CHECK(result.incidents[2].circuitOpened);
  }
  SECTION("when they come to fail otherwise") {
    for (std::size_t i = 0; i < 10; ++i) {
      heard[i].failure.status = 5;
    }
    const Replay result = replay(heard, policy, assuming(true));
    CHECK(decisions(result)[0] == "notRepairable");
    CHECK(decisions(result)[1] == "repair");
    CHECK(result.incidents[1].decided < begin + 20h + 100min + 16min);
  }
}

TEST_CASE("One failure that waits for its time is left alone after the cool-down") {
  Policy policy = repairing();
  policy.maintenanceWindows = {{.days = 127, .fromMinute = 22 * 60, .toMinute = 4 * 60}};
  CHECK(decisions(replay({failure(1, 20h)}, policy, assuming(true))) == Words{"maintenanceWindow"});
  CHECK(decisions(replay({failure(1, 21h + 50min)}, policy, assuming(true))) ==
        Words{"maintenanceWindow", "repair"});
}

TEST_CASE("Failed attempts exhaust the policy's limit; from then on a person is needed") {
  std::vector<HeardFailure> heard;
  for (int i = 0; i < 5; ++i) {
    heard.push_back(failure(static_cast<std::uint64_t>(i + 1), i * 1h));
  }
  const Replay result = replay(heard, repairing(), assuming(false));
  CHECK(decisions(result) ==
        Words{"repair", "repair", "repair", "attemptsExhausted", "attemptsExhausted"});
  CHECK_FALSE(result.incidents[1].circuitOpened);
  CHECK(result.incidents[2].circuitOpened);
}

TEST_CASE("An unrepaired incident goes on while events come within the cool-down of each other") {
  const Replay result =
      replay({failure(1, 0s), failure(2, 14min), failure(3, 28min), failure(4, 43min)},
             testing::policyFor(Mode::alert), assuming(false));
  REQUIRE(result.incidents.size() == 2);
  CHECK(result.incidents[0].records.size() == 3);
  CHECK(result.incidents[1].since == begin + 43min);
}

TEST_CASE("Attempts that succeed are held back by the cool-down alone") {
  const Replay result =
      replay({failure(1, 0s), failure(2, 5min), failure(3, 30min)}, repairing(), assuming(true));
  CHECK(decisions(result) == Words{"repair", "coolDown", "repair", "coolDown", "repair"});
  CHECK(result.incidents[2].decided == begin + 16min);  // the first minute after the cool-down
}

TEST_CASE("Events of the time of a repair that succeeded are dealt with") {
  const Replay result =
      replay({failure(1, 0s), failure(2, 10s), failure(3, 5min)}, repairing(), assuming(true));
  CHECK(result.incidents[0].records == std::vector<std::uint64_t>{1, 2});
  // Written after it, generated before it.
  HeardFailure late = failure(3, 10min);
  late.failure.timeGenerated = toSeconds(begin);
  const Replay second = replay({failure(1, 0s), late}, repairing(), assuming(true));
  CHECK(second.olderThanRepair == std::vector<std::uint64_t>{3});
  CHECK(second.incidents.size() == 1);
}

TEST_CASE("After a clear record numbers begin again and are not taken for older ones") {
  const Replay result = replay({failure(5000, 0s), failure(1, 1h)}, repairing(), assuming(true));
  CHECK(result.olderThanRepair.empty());
  CHECK(decisions(result) == Words{"repair", "repair"});
}

TEST_CASE("Maintenance windows are in local time") {
  Policy policy = repairing();
  policy.maintenanceWindows = {{.days = 0x7F, .fromMinute = 22 * 60, .toMinute = 4 * 60}};
  const auto at = [&](Milliseconds after, int offset) {
    ReplayAssumptions assumed = assuming(false);
    assumed.local = [offset](Time time) { return localAt(time, offset); };
    return decisions(replay({failure(1, after)}, policy, assumed)).at(0);
  };
  CHECK(at(2h, 0) == "repair");
  CHECK(at(12h, 0) == "maintenanceWindow");
  CHECK(at(21h, 0) == "maintenanceWindow");
  CHECK(at(21h, 60) == "repair");
  CHECK(at(2h, 3 * 60) == "maintenanceWindow");
}

TEST_CASE("Replayed: three watched services failing within a minute are one machine-wide fault") {
  Policy policy = repairing();
  for (const char* name : {"Second", "Third"}) {
    WatchPolicy watch = policy.watch[0];
    watch.counterService = name;
    policy.watch.push_back(watch);
  }
  const auto three = [&](Milliseconds apart) {
    return replay(
        {failure(1, 0s), failure(2, apart, {}, "Second"), failure(3, 2 * apart, {}, "Third")},
        policy, assuming(false));
  };
  CHECK(decisions(three(0s)) == Words(3, "machineWideFault"));
  CHECK(decisions(three(5min)) == Words(3, "repair"));
}

TEST_CASE("Replayed: a failure that has ended is not together with one that goes on") {
  Policy policy = repairing();
  for (const char* name : {"Second", "Third"}) {
    policy.watch.push_back(policy.watch[0]);
    policy.watch.back().counterService = name;
  }
  policy.maintenanceWindows = {{.days = 127, .fromMinute = 22 * 60, .toMinute = 4 * 60}};
  std::vector<HeardFailure> heard{failure(1, 20h), failure(2, 20h + 20s, {}, "Second"),
                                  failure(3, 20h + 40s, {}, "Third")};
  for (int i = 1; i < 15; ++i) {
    heard.push_back(failure(static_cast<std::uint64_t>(i + 3), 20h + i * 10min));
  }
  CHECK(decisions(replay(heard, policy, assuming(true)))[3] == "repair");
}

TEST_CASE("Replayed: services that wait for another's repair failed together all the same") {
  Policy policy = repairing();
  policy.verify.watchFor = 75s;
  for (const char* name : {"Second", "Third", "Fourth"}) {
    WatchPolicy watch = policy.watch[0];
    watch.counterService = name;
    policy.watch.push_back(watch);
  }
  const std::vector<HeardFailure> heard{failure(1, 0s), failure(2, 5s, {}, "Second"),
                                        failure(3, 7s, {}, "Third"), failure(4, 10s, {}, "Fourth")};
  const Words expected{"repair", "machineWideFault", "machineWideFault", "machineWideFault"};
  CHECK(decisions(replay(heard, policy, assuming(true))) == expected);
  CHECK(decisions(replay(heard, policy, assuming(false))) == expected);
}

TEST_CASE("A minute is a minute: services that fail one after the other do not fail together") {
  std::vector<Incident> incidents(3);
  for (std::size_t i = 0; i < incidents.size(); ++i) {
    incidents[i].began = begin + i * 40s;
  }
  CHECK(failingTogether(incidents, incidents[1]) == 2);
  incidents[2].began = begin + 59s;
  CHECK(failingTogether(incidents, incidents[1]) == 3);
}

TEST_CASE("One counter service is dealt with after the other") {
  Policy policy = repairing();
  policy.watch.push_back(policy.watch[0]);
  policy.watch[1].counterService = "Second";
  const Replay result =
      replay({failure(1, 0s), failure(2, 0s, {}, "Second")}, policy, assuming(false));
  REQUIRE(result.incidents.size() == 2);
  CHECK(result.incidents[1].decided == result.incidents[0].decided + policy.verify.watchFor);
}

TEST_CASE("A record that two overlapping files hold counts once, whatever their order") {
  const Replay result =
      replay({failure(2, 20min), failure(3, 40min), failure(1, 0s), failure(2, 20min)}, repairing(),
             assuming(false));
  CHECK(result.failures == 3);
  CHECK(decisions(result) == Words(3, "repair"));
}

TEST_CASE("The saved log is matched as the service matches events") {
  test::Bytes bytes;
  for (const std::uint32_t word : {48u, 0x654C664Cu, 1u, 1u, 48u, 48u, 1u, 0u, 0u, 1u, 0u, 48u}) {
    test::put32(bytes, word);
  }
  std::uint32_t number = 0;
  const auto add = [&](std::u16string source, std::uint32_t id, std::u16string service) {
    test::RecordParts parts;
    parts.number = ++number;
    parts.timeWritten = 2000;
    parts.source = std::move(source);
    parts.eventId = id;
    parts.strings = {std::move(service), u"imsperf.dll"};
    test::put32(parts.data, 21);
    const test::Bytes record = test::makeRecord(parts);
    bytes.insert(bytes.end(), record.begin(), record.end());
  };
  add(u"Perflib", 0xC00003F0, u"msexchangeimc");
  add(u"Perflib", 0xC00003F0, u"Tcpip");
  add(u"Perflib", 0xC00003F1, u"MSExchangeIMC");
  add(u"ImsHealth", 0xC00003F0, u"MSExchangeIMC");
  add(u"Microsoft-Windows-Perflib", 0x000003F0, u"MSExchangeIMC");
  const auto file = EvtFile::open(bytes);
  REQUIRE(file.has_value());
  SavedEvt log(*file);
  SavedReading reading;
  const auto found = failuresIn(log, repairing(), reading);
  CHECK(reading.summary.records == 5);
  REQUIRE(found.size() == 2);
  CHECK(found[0].failure.counterService == "MSExchangeIMC");
  CHECK(found[0].failure.recordNumber == 1);
  CHECK(found[0].failure.status == 21u);
  CHECK(found[0].written == timeFromSeconds(2000));
  CHECK(found[1].failure.recordNumber == 5);
}

TEST_CASE("A UTC offset is hours and minutes with a sign") {
  CHECK(parseUtcOffset("+02:00") == 120);
  CHECK(parseUtcOffset("-05:30") == -330);
  CHECK(parseUtcOffset("+14:00") == 840);
  for (const char* wrong :
       {"", "2", "02:00", "+2:00", "+02:60", "+14:01", "+0200", "+02:00 ", "+aa:00"}) {
    CHECK_FALSE(parseUtcOffset(wrong));
  }
}

TEST_CASE("Local time crosses midnight and the week") {
  const auto at = [](std::int64_t seconds, int offset) {
    const LocalTime local = localAt(timeFromSeconds(seconds), offset);
    return std::pair(local.weekday, local.minuteOfDay);
  };
  CHECK(at(946684800, 0) == std::pair(5, 0));              // Saturday
  CHECK(at(946684800, -1) == std::pair(4, 23 * 60 + 59));  // Friday
  CHECK(at(946684800 + 2 * 86400 - 60, 1) == std::pair(0, 0));
  CHECK(at(-1, 0) == std::pair(2, 23 * 60 + 59));  // Wednesday, 1969-12-31
}

TEST_CASE("JSON and table say what was assumed, decided, and held back") {
  ReplayReport report;
  report.policy = "policy.json";
  report.mode = Mode::repair;
  report.localTime = "UTC+01:00";
  report.assumed = {false, [](Time time) { return localAt(time, 60); }};
  report.files = {{"app.evt", {.records = 12, .damaged = 1, .gaps = 2}}};
  report.replay = replay({failure(7, 0s, 2), failure(8, 1s, 2), failure(9, 1h, 21)}, repairing(),
                         report.assumed);
  const auto document = nlohmann::json::parse(replayJson(report));
  CHECK(document["mode"] == "repair");
  CHECK(document["localTime"] == "UTC+01:00");
  CHECK(document["assumedAttempts"] == "failed");
  CHECK(document["files"][0]["records"] == 12);
  CHECK(document["openFailures"] == 3);
  CHECK(document["decisions"]["repair"] == 1);
  CHECK(document["decisions"]["notRepairable"] == 1);
  const auto& first = document["incidents"][0];
  CHECK(first["decided"] == "2000-01-01T00:00:02Z");
  CHECK(first["localTime"] == "Sat 01:00");
  CHECK(first["events"] == 2);
  CHECK(first["records"] == nlohmann::json({7, 8}));
  CHECK(first["status"] == 2);
  CHECK(first["assumedCause"] == "openFailed");
  CHECK(first["decision"] == "repair");
  CHECK(first["attempt"] == "failed");
  CHECK(document["incidents"][1]["attempt"].is_null());

  const std::string table = replayTable(report);
  for (const char* part :
       {"app.evt: 12 records, 1 damaged, 2 gaps", "mode repair", "UTC+01:00",
        "the status code alone says", "each repair fails", "repair, failed", "notRepairable",
        "3 open failures of watched counter services, 2 incidents", "repairs: 1",
        "not repaired, notRepairable: 1"}) {
    CAPTURE(part);
    CHECK(table.find(part) != std::string::npos);
  }
}
