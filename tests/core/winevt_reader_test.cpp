// What only the winevt backend meets, and the shapes of an event.
#include "tests/support/fake_event_log.h"

#include <catch2/catch.hpp>

using namespace imshealth;
using namespace imshealth::test;
using Start = WinevtApi::Start;

namespace {

struct Heard {
  std::vector<std::string> names;
  std::vector<Loss> losses;
  Cursor cursor;
};

Heard drain(WinevtReader& reader) {
  Heard heard;
  for (int i = 0; i < 1000; ++i) {
    const auto delivery = reader.read();
    REQUIRE(delivery.has_value());
    for (const LogEvent& event : delivery->events) {
      heard.names.push_back(event.strings.at(0));
    }
    heard.losses.insert(heard.losses.end(), delivery->losses.begin(), delivery->losses.end());
    heard.cursor = delivery->cursor;
    if (!delivery->more) {
      return heard;
    }
  }
  FAIL("reading does not come to an end");
  return heard;
}

using Names = std::vector<std::string>;

WinevtRecord record1008(std::vector<WinevtValue> values) {
  WinevtRecord record;
  record.recordId = 98;
  record.timeCreated = 1722050258;
  record.provider = "Microsoft-Windows-Perflib";
  record.eventId = 1008;
  record.level = 3;
  record.values = std::move(values);
  return record;
}

}  // namespace

TEST_CASE("A batch that is too large is read again in halves, down to single events") {
  FakeLog log;
  FakeWinevtApi api(log);
  api.largestBatch = 1;
  for (const char* name : {"a", "b", "c", "d", "e", "f"}) {
    log.write(name);
  }
  WinevtReader reader(api, std::nullopt, 0);
  CHECK(drain(reader).names == Names{"a", "b", "c", "d", "e", "f"});
  CHECK(api.batches.front() == 16);
  CHECK(std::find(api.batches.begin(), api.batches.end(), 8u) != api.batches.end());
  CHECK(std::find(api.batches.begin(), api.batches.end(), 1u) != api.batches.end());
}

TEST_CASE("A single event that is too large is told and passed over") {
  FakeLog log;
  FakeWinevtApi api(log);
  log.write("huge");
  api.largestBatch = 0;
  WinevtReader reader(api, std::nullopt, 0);
  CHECK(drain(reader).losses.size() == 1);
  api.largestBatch = 1000;
  log.write("b");
  CHECK(drain(reader).names == Names{"b"});
}

TEST_CASE("However many events in a row are too large, they are told once and passed over") {
  struct SomeHuge : FakeWinevtApi {
    using FakeWinevtApi::FakeWinevtApi;
    Batch next(unsigned atMost) override {
      Batch batch = FakeWinevtApi::next(atMost);
      for (const WinevtRecord& record : batch.records) {
        if (record.values.at(0) == WinevtValue("huge")) {
          Batch tooLarge;
          tooLarge.error = win32::rpcInvalidBound;
          return tooLarge;
        }
      }
      return batch;
    }
  };
  const int count = GENERATE(1, 11, 12, 13, 40);
  CAPTURE(count);
  FakeLog log;
  SomeHuge api(log);
  log.write("a");
  for (int i = 0; i < count; ++i) {
    log.write("huge");
  }
  SECTION("an event behind them") {
    log.write("b");
    WinevtReader reader(api, std::nullopt, 0);
    const Heard heard = drain(reader);
    CHECK(heard.names == Names{"a", "b"});
    CHECK(heard.losses.size() == 1);
  }
  SECTION("the end of the log behind them, and a stop there") {
    WinevtReader first(api, std::nullopt, 0);
    const Cursor cursor = drain(first).cursor;
    log.write("b");
    WinevtReader reader(api, cursor, 0);
    CHECK(drain(reader).names == Names{"b"});
  }
}

TEST_CASE("An event that cannot be rendered is told and passed over") {
  FakeLog log;
  FakeWinevtApi api(log);
  api.unrenderable = 2;
  for (const char* name : {"a", "b", "c"}) {
    log.write(name);
  }
  WinevtReader reader(api, std::nullopt, 0);
  const Heard heard = drain(reader);
  CHECK(heard.names == Names{"a", "c"});
  CHECK(heard.losses.size() == 1);
}

TEST_CASE("However many events cannot be rendered, they are told once") {
  struct NoneRendered : FakeWinevtApi {
    using FakeWinevtApi::FakeWinevtApi;
    Batch next(unsigned atMost) override {
      Batch batch = FakeWinevtApi::next(atMost);
      for (WinevtRecord& record : batch.records) {
        record.error = 15003;
      }
      return batch;
    }
  };
  FakeLog log;
  NoneRendered api(log);
  for (int i = 0; i < 1000; ++i) {
    log.write("a");
  }
  WinevtReader reader(api, std::nullopt, 0);
  CHECK(drain(reader).losses.size() == 1);
}

TEST_CASE("From the bookmark strictly, then loosely, then from the oldest; never the future only") {
  FakeLog log;
  FakeWinevtApi api(log);
  log.write("a");
  for (int i = 0; i < 5; ++i) {
    log.write("noise", false);
  }
  WinevtReader first(api, std::nullopt, 0);
  const Cursor cursor = drain(first).cursor;
  CHECK(api.starts ==
        std::vector{Start::oldest});  // no bookmark: an empty one would lose the first event
  CHECK(cursor.bookmark == "1");
  CHECK(cursor.newestSeen == 6);
  api.starts.clear();
  log.write("b");
  SECTION("the bookmark's event is there") {
    WinevtReader reader(api, cursor, 0);
    CHECK(drain(reader).names == Names{"b"});
    CHECK(api.starts == std::vector{Start::afterStrict});
  }
  SECTION("it was overwritten in a healthy log: no loss, since everything since has been seen") {
    log.overwrite(3);
    WinevtReader reader(api, cursor, 0);
    const Heard heard = drain(reader);
    CHECK(heard.names == Names{"b"});
    CHECK(heard.losses.empty());
    CHECK(api.starts == std::vector{Start::afterStrict, Start::afterNearest});
  }
  SECTION("no bookmark is taken at all: from the oldest, what was delivered is left out") {
    // Not there, damaged, or not even XML; 15001 stands for the query, if it comes without one.
    const auto [strict, nearest] = GENERATE(table<std::uint32_t, std::uint32_t>(
        {{1168, 15012}, {15008, 15008}, {15001, 15001}, {87, 15003}}));
    log.faults[log.calls() + 1] = strict;
    log.faults[log.calls() + 2] = nearest;
    WinevtReader reader(api, cursor, 0);
    CHECK(drain(reader).names == Names{"b"});
    CHECK(api.starts == std::vector{Start::afterStrict, Start::afterNearest, Start::oldest});
  }
}

TEST_CASE("What is overwritten in the middle of reading is told, once") {
  FakeLog log;
  FakeWinevtApi api(log);
  const auto writeMany = [&] {
    for (int i = 0; i < 100; ++i) {
      log.write("e");
    }
  };
  SECTION("at the first start, from the oldest") {
    writeMany();
    WinevtReader reader(api, std::nullopt, 0);
    REQUIRE(reader.read()->events.size() == 16);
    log.overwrite(60);
    const Heard heard = drain(reader);
    CHECK(heard.names.size() == 40);
    CHECK(heard.losses ==
          std::vector<Loss>{{17, 60, "records were overwritten or cleared before they were read"}});
  }
  SECTION("after a start behind a bookmark whose event is gone") {
    log.write("a");
    log.writeOther();
    WinevtReader first(api, std::nullopt, 0);
    const Cursor cursor = drain(first).cursor;
    log.overwrite(1);
    writeMany();
    WinevtReader reader(api, cursor, 0);
    REQUIRE(reader.read()->events.size() == 16);
    CHECK(api.starts.back() == Start::afterNearest);
    log.overwrite(60);
    const Heard heard = drain(reader);
    CHECK(heard.names.size() == 41);
    CHECK(heard.losses ==
          std::vector<Loss>{{19, 61, "records were overwritten or cleared before they were read"}});
  }
  SECTION("just what has been read, by a log that is full: nothing is lost") {
    writeMany();
    WinevtReader reader(api, std::nullopt, 0);
    REQUIRE(reader.read()->events.size() == 16);
    log.overwrite(16);
    const Heard heard = drain(reader);
    CHECK(heard.names.size() == 84);
    CHECK(heard.losses.empty());
  }
}

TEST_CASE("The newest record seen is never one that is still to be delivered") {
  struct WrittenAtTheEnd : FakeWinevtApi {
    explicit WrittenAtTheEnd(FakeLog& theLog) : FakeWinevtApi(theLog), log(theLog) {}
    Batch next(unsigned atMost) override {
      Batch batch = FakeWinevtApi::next(atMost);
      if (batch.error == win32::noMoreItems && std::exchange(armed, false)) {
        log.write("late");
      }
      return batch;
    }
    FakeLog& log;
    bool armed = true;
  };
  FakeLog log;
  WrittenAtTheEnd api(log);
  log.write("a");
  log.writeOther();
  WinevtReader reader(api, std::nullopt, 0);
  const Heard first = drain(reader);
  CHECK(first.names == Names{"a"});
  CHECK(first.cursor.newestSeen == 2);  // a repair that ends here does not make "late" older
  const Heard second = drain(reader);
  CHECK(second.names == Names{"late"});
  CHECK(second.cursor.newestSeen == 3);
  CHECK(second.losses.empty());
}

TEST_CASE("Classic shape: UserData/EventXML with the data's size and the data") {
  using Data = std::vector<std::uint8_t>;
  const Data eight{0x15, 0, 0, 0, 0, 0, 0, 0};
  std::vector<WinevtValue> values{"WmiApRpl", "C:\\Windows\\system32\\wbem\\wmiaprpl.dll"};
  SECTION("binary") {
    values.insert(values.end(), {std::uint64_t{8}, eight});
  }
  SECTION("hex text") {
    values.insert(values.end(), {"8", "1500000000000000"});
  }
  SECTION("plain Data and Binary") {
    values.emplace_back(eight);
  }
  const LogEvent event = toLogEvent(record1008(values));
  CHECK(event.strings ==
        std::vector<std::string>{"WmiApRpl", "C:\\Windows\\system32\\wbem\\wmiaprpl.dll"});
  CHECK(event.data == eight);
  CHECK(event.code() == 1008);
  CHECK(event.source == "Microsoft-Windows-Perflib");
}

TEST_CASE("Classic shape without data has no status") {
  std::vector<WinevtValue> values{"MSExchangeIMC", "imsperf.dll", std::uint64_t{0}};
  const bool binaryThere = GENERATE(false, true);
  if (binaryThere) {
    values.emplace_back(std::monostate());
  }
  const LogEvent event = toLogEvent(record1008(values));
  CHECK(event.strings == std::vector<std::string>{"MSExchangeIMC", "imsperf.dll"});
  CHECK(event.data.empty());
}

TEST_CASE("Manifest shape: Win32Error becomes four bytes of data") {
  // The values of a real event of a current Windows.
  const LogEvent event = toLogEvent(
      record1008({"MSDTC", "C:\\WINDOWS\\system32\\msdtcuiu.DLL", std::uint64_t{2147944538}}));
  CHECK(event.strings ==
        std::vector<std::string>{"MSDTC", "C:\\WINDOWS\\system32\\msdtcuiu.DLL", "2147944538"});
  CHECK(event.data == std::vector<std::uint8_t>{0x5A, 0x08, 0x07, 0x80});
  CHECK(event.type == EventType::warning);
}

TEST_CASE("Qualifiers are the high word of the id") {
  WinevtRecord record = record1008({});
  record.qualifiers = 0xC000;
  CHECK(toLogEvent(record).eventId == 0xC00003F0);
  CHECK(toLogEvent(record).strings.empty());
}

TEST_CASE("Hostile values make no harm and no data") {
  CHECK(toLogEvent(record1008({"a", "99999999999999999999", "zz"})).data.empty());
  CHECK(toLogEvent(record1008({"a", std::uint64_t{3}, "0102"})).data.empty());
  CHECK(toLogEvent(record1008({std::monostate()})).strings == std::vector<std::string>{""});
}

TEST_CASE(
    "The query stays within what one XPath may have, and within our own events to the proof") {
  const std::string_view query = winevtQuery();
  CHECK(std::count(query.begin(), query.end(), '=') < 20);
  for (const char* name : {"'Perflib'", "'Microsoft-Windows-Perflib'", "'LoadPerf'",
                           "'Microsoft-Windows-LoadPerf'", "EventID=900"}) {
    CHECK(query.find(name) != std::string_view::npos);
  }
}

TEST_CASE("A log service that is not up yet is no reason against its interface") {
  for (const std::uint32_t error : {5u, 6u, 1717u, 1722u, 1753u, 1818u, 15007u}) {
    CHECK(isLogServiceAway(error));
  }
  for (const std::uint32_t error : {0u, 120u, 127u, 1168u, 15001u, 15008u, 15011u}) {
    CHECK_FALSE(isLogServiceAway(error));
  }
}
