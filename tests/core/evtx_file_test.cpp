// A saved .evtx as Windows gives it out, event by event, with an error at any call: what was read
// is complete, or it is said why not.
#include "core/evtx_file.h"

#include "core/replay.h"
#include "core/saved_evt.h"
#include "core/scan_output.h"
#include "core/win32_codes.h"
#include "tests/core/simulated_server.h"
#include "tests/support/evt_bytes.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <sstream>

using namespace imshealth;
using namespace imshealth::test;
using nlohmann::json;

namespace {

using Blob = std::vector<std::uint8_t>;

struct Script {
  std::vector<WinevtRecord> events;
  std::map<int, std::uint32_t> faults;                  ///< by number of the call, from 1
  std::map<std::uint64_t, std::uint32_t> unrenderable;  ///< record id, error of EvtRender
  std::set<std::uint64_t> tooLarge;                     ///< record ids that no answer has room for
  unsigned largestBatch = 1000;                         ///< a larger one gives 1734, position moved
  bool countKnown = true;
  // What was seen.
  int calls = 0;
  std::vector<unsigned> batches;
  std::vector<std::uint64_t> valuesOf;
};

class ScriptedApi : public EvtxApi {
 public:
  explicit ScriptedApi(Script& script) : script_(script) {}

  std::uint32_t query() override {
    position_ = 0;
    return enter();
  }
  std::uint32_t seek(std::uint64_t before) override {
    if (const auto error = enter()) {
      return error;
    }
    if (before >= script_.events.size()) {
      return win32::notFound;
    }
    position_ = static_cast<std::size_t>(before);
    return 0;
  }
  Batch next(unsigned atMost) override {
    script_.batches.push_back(atMost);
    if (const auto error = enter()) {
      return {error, 0};
    }
    begin_ = position_;
    position_ = std::min(script_.events.size(), position_ + atMost);
    const auto count = static_cast<unsigned>(position_ - begin_);
    const bool tooLarge = std::any_of(
        script_.events.begin() + static_cast<std::ptrdiff_t>(begin_),
        script_.events.begin() + static_cast<std::ptrdiff_t>(position_),
        [&](const WinevtRecord& event) { return script_.tooLarge.count(event.recordId) != 0; });
    if (tooLarge || count > script_.largestBatch) {
      return {win32::rpcInvalidBound, 0};
    }
    return {count == 0 ? win32::noMoreItems : 0, count};
  }
  WinevtRecord renderSystem(unsigned event) override {
    WinevtRecord record = script_.events.at(begin_ + event);
    record.values.clear();
    record.error = enter();
    if (const auto bad = script_.unrenderable.find(record.recordId);
        record.error == 0 && bad != script_.unrenderable.end()) {
      record.error = bad->second;
    }
    return record;
  }
  void renderValues(unsigned event, WinevtRecord& record) override {
    script_.valuesOf.push_back(record.recordId);
    record.error = enter();
    record.values = script_.events.at(begin_ + event).values;
  }
  std::optional<std::uint64_t> count() override {
    return script_.countKnown ? std::optional<std::uint64_t>(script_.events.size()) : std::nullopt;
  }

 private:
  std::uint32_t enter() {
    const auto fault = script_.faults.find(++script_.calls);
    return fault == script_.faults.end() ? 0 : fault->second;
  }

  Script& script_;
  std::size_t position_ = 0;
  std::size_t begin_ = 0;
};

WinevtRecord event(std::uint64_t number, std::string provider, std::uint16_t id,
                   std::vector<WinevtValue> values) {
  WinevtRecord record;
  record.recordId = number;
  record.timeCreated = 946684800 + static_cast<std::int64_t>(number) * 60;
  record.provider = std::move(provider);
  record.eventId = id;
  record.level = 2;
  record.values = std::move(values);
  return record;
}

WinevtRecord failure(std::uint64_t number, std::string service, std::uint8_t status) {
  return event(number, "Microsoft-Windows-Perflib", 1008,
               {std::move(service), "C:\\exchsrvr\\bin\\imsperf.dll", std::uint64_t{4},
                Blob{status, 0, 0, 0}});
}

/// One of each: both shapes of 1008, what stands beside it, others, and a look-alike.
std::vector<WinevtRecord> someEvents() {
  return {failure(1, "MSExchangeIMC", 126),
          event(2, "MSExchangeMTA", 1008, {"MSExchangeIMC", "imsperf.dll"}),
          event(3, "Microsoft-Windows-Perflib", 1008,
                {"msexchangeimc", "imsperf.dll", std::uint64_t{126}}),
          event(4, "LoadPerf", 1000, {"MSExchangeIMC", "MSExchangeIMC"}),
          event(5, "Perflib", 1009, {"Tcpip"}),
          event(6, "Perflib", 1008, {"Tcpip", "tcpip.dll"}),
          event(7, "ImsHealth", 200, {"MSExchangeIMC"})};
}

Result<std::unique_ptr<EvtxFile>> open(Script& script, EvtxHeader header = {}) {
  return EvtxFile::open("C:\\logs\\app.evtx", header, std::make_unique<ScriptedApi>(script));
}

struct Scanned {
  ScannedFile file;
  json document;
  std::optional<Error> told;
};

Scanned scan(EvtxFile& file, const ScanWindow& window = {}) {
  Scanned scanned;
  std::ostringstream out;
  const auto output = scanJson(out, false);
  output->begin();
  scanned.file = scanFile("C:\\logs\\app.evtx", file, window);
  scanned.told = output->add(scanned.file, file);
  output->end();
  scanned.document = json::parse(out.str()).at("files").at(0);
  return scanned;
}

Scanned scan(Script& script, EvtxHeader header = {}) {
  const auto file = open(script, header);
  REQUIRE(file.has_value());
  return scan(**file);
}

/// The same events as an .evt, one that was not closed cleanly.
json scanOfEvt(const std::vector<WinevtRecord>& events) {
  const auto wide = [](const std::string& text) {
    return std::u16string(text.begin(), text.end());
  };
  Bytes bytes;
  for (const std::uint32_t word : {48u, 0x654C664Cu, 1u, 1u, 48u, 48u, 1u, 0u, 0u, 1u, 0u, 48u}) {
    put32(bytes, word);
  }
  for (const WinevtRecord& each : events) {
    const LogEvent event = toLogEvent(each);
    RecordParts parts;
    parts.number = static_cast<std::uint32_t>(event.recordNumber);
    parts.timeGenerated = parts.timeWritten = static_cast<std::uint32_t>(event.timeGenerated);
    parts.eventId = event.eventId;
    parts.source = wide(event.source);
    for (const std::string& text : event.strings) {
      parts.strings.push_back(wide(text));
    }
    parts.data = event.data;
    const Bytes record = makeRecord(parts);
    bytes.insert(bytes.end(), record.begin(), record.end());
  }
  const auto end = static_cast<std::uint32_t>(bytes.size());
  const auto next = static_cast<std::uint32_t>(toLogEvent(events.back()).recordNumber) + 1;
  for (const std::uint32_t word :
       {40u, 0x11111111u, 0x22222222u, 0x33333333u, 0x44444444u, 48u, end, next, 1u, 40u}) {
    put32(bytes, word);
  }
  const auto evt = EvtFile::open(bytes);
  REQUIRE(evt.has_value());
  SavedEvt log(*evt);
  std::ostringstream out;
  const auto output = scanJson(out, false);
  output->begin();
  output->add(scanFile("C:\\logs\\app.evtx", log, {}), log);
  output->end();
  return json::parse(out.str()).at("files").at(0);
}

}  // namespace

TEST_CASE("The first bytes tell an .evtx, and whether it was closed cleanly") {
  Blob beginning(EvtxHeader::size);
  CHECK_FALSE(EvtxHeader::of(beginning));
  std::copy_n("ElfFile", 8, beginning.begin());
  REQUIRE(EvtxHeader::of(beginning));
  CHECK_FALSE(EvtxHeader::of(beginning)->dirty);
  beginning[120] = 3;
  CHECK(EvtxHeader::of(beginning)->dirty);
  beginning.resize(8);
  CHECK(EvtxHeader::of(beginning));
  beginning.resize(7);
  CHECK_FALSE(EvtxHeader::of(beginning));
}

TEST_CASE("scan of an .evtx says what scan of an .evt of the same events says") {
  Script script;
  script.events = someEvents();
  const Scanned scanned = scan(script, {.dirty = true});
  CHECK_FALSE(scanned.told);
  CHECK(scanned.document == scanOfEvt(script.events));
  CHECK(scanned.document.at("records") == 7);
  CHECK(scanned.document.at("openFailures").size() == 3);
  CHECK(scanned.document.at("openFailures")[1].at("status") == 126);
  CHECK(scanned.document.at("related").size() == 2);
  CHECK(scanned.file.failures.size() == 2);
}

TEST_CASE("A window of time holds for an .evtx too") {
  Script script;
  script.events = someEvents();
  const auto file = open(script);
  REQUIRE(file.has_value());
  const Scanned scanned = scan(**file, {946684800 + 3 * 60, 946684800 + 5 * 60});
  CHECK(scanned.document.at("records") == 7);
  CHECK(scanned.document.at("openFailures").size() == 1);
  CHECK(scanned.document.at("related").size() == 1);
}

TEST_CASE("Values are rendered of Perflib's and LoadPerf's events only") {
  Script script;
  script.events = someEvents();
  const auto file = open(script);
  REQUIRE(file.has_value());
  scanFile("x", **file, {});
  CHECK(script.valuesOf == std::vector<std::uint64_t>{1, 3, 4, 5, 6});
}

TEST_CASE("replay decides the same over an .evtx") {
  Script script;
  script.events = someEvents();
  const auto file = open(script);
  REQUIRE(file.has_value());
  SavedReading reading;
  const auto heard = failuresIn(**file, testing::policyFor(Mode::repair), reading);
  CHECK(reading.summary.records == 7);
  CHECK_FALSE(reading.brokenOff);
  REQUIRE(heard.size() == 2);
  CHECK(heard[0].failure.counterService == "MSExchangeIMC");
  CHECK(heard[0].failure.status == 126u);
  CHECK(heard[1].failure.recordNumber == 3);
}

TEST_CASE("Missing record numbers are gaps; an unreadable record is damage and no gap") {
  Script script;
  for (const std::uint64_t number : {10, 11, 12, 20, 21, 3}) {
    script.events.push_back(failure(number, "MSExchangeIMC", 2));
  }
  script.unrenderable[11] = win32::invalidData;
  const Scanned scanned = scan(script);
  CHECK_FALSE(scanned.told);
  CHECK(scanned.document.at("records") == 5);
  CHECK(scanned.document.at("damaged") == 1);
  CHECK(scanned.document.at("gaps") == 2);  // 13 to 19, and back to 3
  CHECK(scanned.document.at("missing") == 7);
}

TEST_CASE("A batch that is too large for one answer is read in halves") {
  Script script;
  for (std::uint64_t number = 1; number <= 100; ++number) {
    script.events.push_back(failure(number, "MSExchangeIMC", 2));
  }
  script.largestBatch = 5;
  const Scanned scanned = scan(script);
  CHECK(scanned.document.at("records") == 100);
  CHECK(scanned.document.at("damaged") == 0);
  CHECK(scanned.document.at("openFailures").size() == 100);
  CHECK(script.batches.front() == EvtxFile::batchSize);
  CHECK(std::find(script.batches.begin(), script.batches.end(), 4u) != script.batches.end());
  CHECK(script.batches.size() < 2 * (100 / 4 + 8));
}

TEST_CASE("An event that is too large for any answer is damage; all others are read") {
  const std::uint64_t which = GENERATE(1, 40, 100);
  Script script;
  for (std::uint64_t number = 1; number <= 100; ++number) {
    script.events.push_back(failure(number, "MSExchangeIMC", 2));
  }
  script.tooLarge = {which};
  const Scanned scanned = scan(script);
  CHECK_FALSE(scanned.told);
  CHECK(scanned.document.at("records") == 99);
  CHECK(scanned.document.at("damaged") == 1);
  CHECK(scanned.document.at("gaps") == 0);
  CHECK(scanned.document.at("openFailures").size() == 99);
}

TEST_CASE("Where nothing can be had any more, reading ends with the reason") {
  Script script;
  for (std::uint64_t number = 1; number <= 1000; ++number) {
    script.events.push_back(failure(number, "MSExchangeIMC", 2));
  }
  script.largestBatch = 0;
  const Scanned scanned = scan(script);
  REQUIRE(scanned.told);
  CHECK(scanned.told->systemCode == 1734);
  CHECK(script.batches.size() < 1000);
}

TEST_CASE("What EvtQuery refuses is told with the file, the call and the code") {
  struct Row {
    std::uint32_t code;
    ErrorKind kind;
  };
  const auto row = GENERATE(Row{2, ErrorKind::missing}, Row{3, ErrorKind::missing},
                            Row{5, ErrorKind::accessDenied}, Row{13, ErrorKind::corrupt},
                            Row{32, ErrorKind::inUse}, Row{1500, ErrorKind::corrupt},
                            Row{1722, ErrorKind::unavailable}, Row{15001, ErrorKind::internal},
                            Row{15007, ErrorKind::missing}, Row{4711, ErrorKind::unavailable});
  Script script;
  script.faults[1] = row.code;
  const auto file = open(script);
  REQUIRE_FALSE(file.has_value());
  CAPTURE(row.code);
  CHECK(file.error().kind == row.kind);
  CHECK(file.error().systemCode == row.code);
  const std::string text = file.error().describe();
  CHECK(text.find("C:\\logs\\app.evtx: EvtQuery: ") == 0);
  CHECK(text.find("(error " + std::to_string(row.code) + ")") != std::string::npos);
}

TEST_CASE("Each error at each call: all is read, or it is said that it is not") {
  Script whole;
  whole.events = someEvents();
  whole.largestBatch = 4;
  const json expected = scan(whole).document;
  const auto code = GENERATE(2u, 5u, 6u, 8u, 13u, 32u, 87u, 122u, 259u, 1450u, 1500u, 1722u, 1734u,
                             1818u, 4317u, 15003u, 15005u, 15007u, 15011u, 15012u);
  for (int call = 1; call <= whole.calls; ++call) {
    CAPTURE(code, call);
    Script script;
    script.events = someEvents();
    script.largestBatch = 4;
    script.faults[call] = code;
    const auto file = open(script);
    if (!file) {
      CHECK(call == 1);
      continue;
    }
    const Scanned scanned = scan(**file);
    const bool same = scanned.document == expected;
    const bool damageTold = scanned.document.at("damaged") != 0;
    // 259 is the end of the file, also where it comes early: nobody can tell.
    CHECK((same || damageTold || scanned.told || code == win32::noMoreItems));
    CHECK(scanned.document.contains("error") == scanned.told.has_value());
    if (scanned.told && code != win32::noMoreItems && code != win32::rpcInvalidBound) {
      CHECK(scanned.told->systemCode == code);
    }
  }
}

TEST_CASE("An outage in the middle is an error, not a log full of damage") {
  Script script;
  for (std::uint64_t number = 1; number <= 100; ++number) {
    script.events.push_back(failure(number, "MSExchangeIMC", 2));
  }
  for (int call = 50; call < 1000; ++call) {
    script.faults[call] = win32::rpcServerUnavailable;
  }
  const Scanned scanned = scan(script);
  REQUIRE(scanned.told);
  CHECK(scanned.told->systemCode == 1722);
  CHECK(scanned.document.at("damaged") == 0);
  CHECK(scanned.document.at("records") > 0);
  CHECK(scanned.document.at("error").get<std::string>().find("EvtRender: ") == 0);
  std::ostringstream table;
  const auto file = open(script = Script{script.events, {}, {}, {}, 1000, true, 0, {}, {}});
  REQUIRE(file.has_value());
  scanTable(table, false)->add(scanned.file, **file);
  CHECK(table.str().find("  not read to its end\n") != std::string::npos);
  CHECK(table.str().find("1722") == std::string::npos);  // the reason is the caller's to tell, once
}

TEST_CASE("A file that shrinks between two readings is told") {
  Script script;
  script.events = someEvents();
  const auto file = open(script);
  REQUIRE(file.has_value());
  const ScannedFile scanned = scanFile("x", **file, {});
  script.events.resize(4);
  std::ostringstream out;
  const auto told = scanJson(out, false)->add(scanned, **file);
  REQUIRE(told);
  CHECK(told->kind == ErrorKind::corrupt);
}

TEST_CASE("Progress is told in per cent where the number of events is known") {
  Script script;
  for (std::uint64_t number = 1; number <= 5000; ++number) {
    script.events.push_back(event(number, "Other", 1, {}));
  }
  script.countKnown = GENERATE(true, false);
  const auto file = open(script);
  REQUIRE(file.has_value());
  std::vector<ReadingProgress> seen;
  scanFile("x", **file, {}, [&](const ReadingProgress& progress) { seen.push_back(progress); });
  REQUIRE(seen.size() == 4);
  CHECK(seen[3].records == 4096);
  CHECK(seen[3].percent == (script.countKnown ? std::optional(81u) : std::nullopt));
}
