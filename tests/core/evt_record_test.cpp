#include "core/evt_record.h"

#include "core/utf16.h"
#include "tests/support/evt_bytes.h"

#include <catch2/catch.hpp>

#include <random>

using namespace imshealth;
using namespace imshealth::test;

namespace {

RecordParts openFailure() {
  RecordParts parts;
  parts.number = 77;
  parts.timeGenerated = 946684800;
  parts.timeWritten = 946684801;
  parts.strings = {u"MSExchangeIMC", u"C:\\exchsrvr\\bin\\imsperf.dll"};
  parts.sid = {1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0};
  parts.data = {0x7F, 0, 0, 0};
  return parts;
}

}  // namespace

TEST_CASE("A record of event 1008 is decoded with its strings and data") {
  const Bytes bytes = makeRecord(openFailure());
  const auto record = checkEvtRecord(bytes);
  REQUIRE(record);
  CHECK(hasSource(*record, "perflib"));
  CHECK_FALSE(hasSource(*record, "Perflib2"));
  CHECK_FALSE(hasSource(*record, "Perfli"));
  const LogEvent event = decodeEvtRecord(*record);
  CHECK(event.recordNumber == 77);
  CHECK(event.timeGenerated == 946684800);
  CHECK(event.timeWritten == 946684801);
  CHECK(event.code() == 1008);
  CHECK(event.type == EventType::error);
  CHECK(event.source == "Perflib");
  CHECK(event.strings ==
        std::vector<std::string>{"MSExchangeIMC", "C:\\exchsrvr\\bin\\imsperf.dll"});
  CHECK(event.data == Bytes{0x7F, 0, 0, 0});
}

TEST_CASE("Offsets of what is not there may point anywhere") {
  RecordParts parts = openFailure();
  parts.sid.clear();
  parts.data.clear();
  parts.strings.clear();
  Bytes bytes = makeRecord(parts);
  patch32(bytes, 36, 0xFFFFFFF0);
  patch32(bytes, 44, 0);
  patch32(bytes, 52, 0x7FFFFFFF);
  const auto record = checkEvtRecord(bytes);
  REQUIRE(record);
  CHECK(decodeEvtRecord(*record).strings.empty());
}

TEST_CASE("A record is refused where one of its bounds is wrong") {
  Bytes bytes = makeRecord(openFailure());
  const auto size = static_cast<std::uint32_t>(bytes.size());
  SECTION("length zero") {
    patch32(bytes, 0, 0);
  }
  SECTION("length shorter than the fixed part") {
    patch32(bytes, 0, 0x38);
  }
  SECTION("length not a multiple of four") {
    patch32(bytes, 0, size - 2);
  }
  SECTION("length behind the end") {
    patch32(bytes, 0, size + 4);
  }
  SECTION("length beyond any record") {
    patch32(bytes, 0, 0x7FFFFFFC);
  }
  SECTION("signature") {
    patch32(bytes, 4, 0x654C664D);
  }
  SECTION("copy of the length") {
    patch32(bytes, size - 4, size - 4);
  }
  SECTION("strings behind the end") {
    patch32(bytes, 36, 0xFFFFFFF0);
  }
  SECTION("strings in the fixed part") {
    patch32(bytes, 36, 8);
  }
  SECTION("more strings than terminators") {
    bytes[26] = 0xFF;
    bytes[27] = 0xFF;
  }
  SECTION("SID over the end") {
    patch32(bytes, 40, size);
  }
  SECTION("data over the end") {
    patch32(bytes, 48, 0xFFFFFFFF);
  }
  SECTION("data offset behind the end") {
    patch32(bytes, 52, size);
  }
  SECTION("names without a terminator") {
    for (std::size_t at = 56; at < bytes.size() - 4; ++at) {
      bytes[at] = 'x';
    }
  }
  CHECK_FALSE(checkEvtRecord(bytes));
}

TEST_CASE("A record cut off anywhere is refused") {
  const Bytes bytes = makeRecord(openFailure());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    // An own block of exactly this size, so that the sanitizer sees a byte too many.
    const Bytes part(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
    CHECK_FALSE(checkEvtRecord(part));
  }
}

TEST_CASE("Random damage never leads outside the record") {
  const Bytes whole = makeRecord(openFailure());
  std::mt19937 random(20261123);
  int accepted = 0;
  for (int round = 0; round < 20000; ++round) {
    Bytes bytes = whole;
    for (unsigned hits = 1 + random() % 4; hits > 0; --hits) {
      bytes[random() % bytes.size()] = static_cast<std::uint8_t>(random());
    }
    if (const auto record = checkEvtRecord(bytes)) {
      ++accepted;
      CHECK(decodeEvtRecord(*record).strings.size() <= bytes.size());
    }
  }
  CHECK(accepted > 0);
  CHECK(accepted < 20000);
}

TEST_CASE("A record that changes between check and decoding is not left by its strings") {
  constexpr std::size_t stringOffset = 36, dataOffset = 52;
  Bytes bytes = makeRecord(openFailure());
  const auto record = checkEvtRecord(bytes);
  REQUIRE(record);
  // The last ones come around to the beginning where addresses have 32 bits.
  for (const std::uint32_t offset : {0x1000u, 0x7FFFFFF0u, 0xFFFFFFF0u, 0xFFFFFFFEu}) {
    patch32(bytes, stringOffset, offset);
    patch32(bytes, dataOffset, offset);
    const LogEvent event = decodeEvtRecord(*record);
    CHECK(event.strings.empty());
    CHECK(event.data.empty());
  }
}

TEST_CASE("Lone surrogates become the replacement character") {
  RecordParts parts = openFailure();
  parts.strings = {
      u"a\xD800"
      u"b",
      u"\xDC00", u"\xD83D\xDCC8", u"Größe メール", u"\xD83D"};
  const Bytes bytes = makeRecord(parts);
  const auto record = checkEvtRecord(bytes);
  REQUIRE(record);
  CHECK(decodeEvtRecord(*record).strings ==
        std::vector<std::string>{"a\xEF\xBF\xBD"
                                 "b",
                                 "\xEF\xBF\xBD", "\xF0\x9F\x93\x88", "Größe メール",
                                 "\xEF\xBF\xBD"});
}

TEST_CASE("The hash tells records apart that differ in one byte") {
  const Bytes bytes = makeRecord(openFailure());
  RecordParts other = openFailure();
  other.timeWritten += 1;
  const Bytes changed = makeRecord(other);
  CHECK(hashOf(*checkEvtRecord(bytes)) == hashOf(*checkEvtRecord(Bytes(bytes))));
  CHECK(hashOf(*checkEvtRecord(bytes)) != hashOf(*checkEvtRecord(changed)));
}
