// What only the classic backend meets.
#include "tests/support/fake_event_log.h"

#include <catch2/catch.hpp>

using namespace imshealth;
using namespace imshealth::test;

namespace {

struct Heard {
  std::vector<std::string> names;
  std::vector<Loss> losses;
  Cursor cursor;
  int errors = 0;
};

Heard drain(ClassicReader& reader) {
  Heard heard;
  for (int i = 0; i < 1000; ++i) {
    const auto delivery = reader.read();
    if (!delivery) {
      ++heard.errors;
      return heard;
    }
    for (const LogEvent& event : delivery->events) {
      heard.names.push_back(event.strings.empty() ? "" : event.strings[0]);
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

}  // namespace

TEST_CASE("Record numbers go on from 0xFFFFFFFF to 0") {
  FakeLog log;
  log.next = 0xFFFFFFFE;
  FakeClassicApi api(log);
  ClassicReader reader(api, std::nullopt, 0);
  log.write("a");
  log.write("b");
  CHECK(drain(reader).names == Names{"a", "b"});
  log.write("c");
  log.write("d");
  const Heard heard = drain(reader);
  CHECK(heard.names == Names{"c", "d"});
  CHECK(heard.losses.empty());
  CHECK(heard.cursor.recordNumber == 1);
  ClassicReader later(api, heard.cursor, 0);
  log.write("e");
  log.overwrite(3);
  const Heard after = drain(later);
  CHECK(after.names == Names{"e"});
  CHECK(after.losses.empty());
}

TEST_CASE("NT 4.0 cannot seek in a large log (Q177199): read from the oldest, skip to the cursor") {
  FakeLog log;
  FakeClassicApi api(log);
  for (int i = 0; i < 40; ++i) {
    log.write("before");
  }
  ClassicReader first(api, std::nullopt, 0);
  const Cursor cursor = drain(first).cursor;
  log.write("after");
  api.seekFails = true;
  ClassicReader second(api, cursor, 0);
  const Heard heard = drain(second);
  CHECK(heard.names == Names{"after"});
  CHECK(heard.losses.empty());
  // The cursor's record was replaced: everything is new.
  log.records[39].name = u"someone else's";
  ClassicReader third(api, cursor, 0);
  const Heard all = drain(third);
  CHECK(all.names.size() == 41);
  CHECK(all.losses.size() == 1);
}

TEST_CASE("A seek that ends at the end of the log each time: read from the oldest as well") {
  struct SeekEnds : FakeClassicApi {
    using FakeClassicApi::FakeClassicApi;
    ReadResult readFrom(std::uint32_t, std::span<std::uint8_t>) override {
      return {win32::handleEof, 0};
    }
  };
  FakeLog log;
  SeekEnds api(log);
  log.write("a");
  ClassicReader first(api, std::nullopt, 0);
  const Cursor cursor = drain(first).cursor;
  log.write("b");
  ClassicReader second(api, cursor, 0);
  const Heard heard = drain(second);
  CHECK(heard.errors == 0);
  CHECK(heard.names == Names{"b"});
  CHECK(heard.losses.empty());
}

TEST_CASE("The same record number with other contents is another log") {
  FakeLog log;
  FakeClassicApi api(log);
  log.write("a");
  log.write("b");
  ClassicReader first(api, std::nullopt, 0);
  const Cursor cursor = drain(first).cursor;
  log.clear(false);
  for (const char* name : {"c", "d", "e"}) {
    log.write(name);
  }
  ClassicReader second(api, cursor, 0);
  const Heard heard = drain(second);
  CHECK(heard.names == Names{"c", "d", "e"});
  CHECK(heard.losses.size() == 1);
  CHECK(heard.cursor.epoch == cursor.epoch + 1);
}

TEST_CASE("Each event says of which epoch it is, where one delivery has those of two") {
  struct ClearedAtClose : FakeClassicApi {
    explicit ClearedAtClose(FakeLog& theLog) : FakeClassicApi(theLog), log(theLog) {}
    void close() override {
      FakeClassicApi::close();
      if (std::exchange(armed, false)) {
        log.clear(false);
        log.write("new");
      }
    }
    FakeLog& log;
    bool armed = true;
  };
  FakeLog log;
  ClearedAtClose api(log);
  log.write("old");
  log.write("b").unusable = true;  // has the log opened again
  ClassicReader reader(api, std::nullopt, 0);
  const auto delivery = reader.read();
  REQUIRE(delivery.has_value());
  REQUIRE(delivery->events.size() == 2);
  CHECK(delivery->events[0].epoch == 0);
  CHECK(delivery->events[1].epoch == 1);
  CHECK(delivery->cursor.epoch == 1);
}

TEST_CASE("A damaged record is told and does not block those behind it") {
  FakeLog log;
  FakeClassicApi api(log);
  ClassicReader reader(api, std::nullopt, 0);
  log.write("a");
  SECTION("its length is right") {
    log.write("b").damaged = true;
    log.write("c");
    const Heard heard = drain(reader);
    CHECK(heard.names == Names{"a", "c"});
    REQUIRE(heard.losses.size() == 1);
    CHECK(heard.losses[0].fromRecord == 2);
    CHECK(heard.losses[0].toRecord == 2);
    ClassicReader again(api, heard.cursor, 0);
    CHECK(drain(again).names.empty());
  }
  SECTION("its length leads nowhere: reading goes on behind the newest") {
    log.write("b").unusable = true;
    log.write("c");
    const Heard heard = drain(reader);
    CHECK(heard.names == Names{"a"});
    REQUIRE(heard.losses.size() == 1);
    CHECK(heard.losses[0].fromRecord == 2);
    CHECK(heard.losses[0].toRecord == 3);
  }
  log.write("d");
  CHECK(drain(reader).names == Names{"d"});
}

TEST_CASE("Damaged records side by side are told together") {
  FakeLog log;
  FakeClassicApi api(log);
  api.recordsPerRead = 1000;
  log.next = 0xFFFFFF00;
  for (int i = 0; i < 400; ++i) {
    log.write("d").damaged = true;
  }
  log.write("a");
  log.write("d").damaged = true;
  ClassicReader reader(api, std::nullopt, 0);
  const Heard heard = drain(reader);
  CHECK(heard.names == Names{"a"});
  CHECK(heard.losses == std::vector<Loss>{{0xFFFFFF00, 143, "the record is damaged"},
                                          {145, 145, "the record is damaged"}});
}

TEST_CASE("What is written behind a newest record that cannot be read is delivered") {
  FakeLog log;
  FakeClassicApi api(log);
  log.write("a");
  ClassicReader reader(api, std::nullopt, 0);
  drain(reader);
  log.write("bad").unusable = true;
  const Heard bad = drain(reader);
  CHECK(bad.losses.size() == 1);
  CHECK(bad.errors == 0);
  CHECK(api.opened == api.closed + 1);
  CHECK(drain(reader).losses.empty());
  log.write("b");
  const bool stopped = GENERATE(false, true);
  ClassicReader later(api, bad.cursor, 0);
  Heard heard = drain(stopped ? later : reader);
  CHECK(heard.names == Names{"b"});
  CHECK(heard.losses.empty());
  log.write("c");
  heard = drain(stopped ? later : reader);
  CHECK(heard.names == Names{"c"});
  CHECK(heard.losses.empty());
}

TEST_CASE("A corrupt log file is told once, whatever the number of retries") {
  FakeLog log;
  FakeClassicApi api(log);
  log.write("a");
  ClassicReader reader(api, std::nullopt, 0);
  CHECK(drain(reader).names == Names{"a"});
  log.serviceError = win32::eventLogFileCorrupt;
  std::size_t losses = 0;
  for (int i = 0; i < 5; ++i) {
    losses += drain(reader).losses.size();
  }
  CHECK(losses <= 1);
  log.serviceError = 0;
  log.write("b");
  CHECK(drain(reader).names == Names{"b"});
}

TEST_CASE("The log is open, and so its notification armed, whenever reading has come to its end") {
  FakeLog log;
  FakeClassicApi api(log);
  ClassicReader reader(api, std::nullopt, 0);
  log.write("a");
  drain(reader);
  CHECK(api.opened == api.closed + 1);
  log.clear(false);
  drain(reader);
  CHECK(api.opened == api.closed + 1);
}

TEST_CASE("An idle wake-up costs three cheap calls") {
  FakeLog log;
  FakeClassicApi api(log);
  log.write("a");
  ClassicReader reader(api, std::nullopt, 0);
  drain(reader);
  const int before = log.calls();
  drain(reader);
  CHECK(log.calls() - before <= 4);  // the read, the oldest twice, the count
}

TEST_CASE("A long log that is all too old is passed over in bounded steps") {
  FakeLog log;
  FakeClassicApi api(log);
  for (int i = 0; i < 500; ++i) {
    log.write("old");
  }
  ClassicReader reader(api, std::nullopt, log.clock);
  log.write("new");
  CHECK(drain(reader).names == Names{"new"});
}
