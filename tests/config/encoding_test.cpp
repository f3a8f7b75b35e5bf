#include "config/decode_text.h"
#include "config/parse_policy.h"

#include <catch2/catch.hpp>

namespace imshealth::test {
namespace {

using namespace std::string_literals;

std::string utf16(std::u16string_view text, bool bigEndian) {
  std::string bytes;
  for (const char16_t unit : text) {
    const char high = static_cast<char>(unit >> 8);
    const char low = static_cast<char>(unit & 0xFF);
    bytes += bigEndian ? std::string{high, low} : std::string{low, high};
  }
  return bytes;
}

Diagnostic onlyDiagnostic(std::string_view bytes) {
  const PolicyReading reading = parsePolicy(bytes);
  CHECK_FALSE(reading.policy.has_value());
  REQUIRE(reading.diagnostics.size() == 1);
  return reading.diagnostics[0];
}

}  // namespace

TEST_CASE("a policy may be UTF-8 with or without BOM, or UTF-16 with one") {
  const std::u16string wide =
      u"{ \"watch\": [{ \"counterService\": \"MSExchangeIMC\", \"displayName\": \"für 🖂\" }] }";
  const std::string narrow =
      "{ \"watch\": [{ \"counterService\": \"MSExchangeIMC\", \"displayName\": \"für 🖂\" }] }";
  const std::string bytes = GENERATE_COPY(
      values<std::string>({narrow, "\xEF\xBB\xBF" + narrow, "\xFF\xFE" + utf16(wide, false),
                           "\xFE\xFF" + utf16(wide, true)}));
  const PolicyReading reading = parsePolicy(bytes);
  REQUIRE(reading.policy.has_value());
  CHECK(reading.policy->watch.at(0).displayName == "für 🖂");
}

TEST_CASE("places are the same in every encoding and with every line end") {
  const std::u16string end = GENERATE(values<std::u16string>({u"\n", u"\r\n", u"\r"}));
  const std::u16string wide = u"{" + end + u"  /* 🖂 */ \"mode\": \"repare\"" + end + u"}";
  const bool bigEndian = GENERATE(false, true);
  const Diagnostic diagnostic =
      onlyDiagnostic((bigEndian ? "\xFE\xFF" : "\xFF\xFE") + utf16(wide, bigEndian));
  CHECK(diagnostic.line == 2);
  CHECK(diagnostic.column == 19);
  CHECK(diagnostic.pointer == "/mode");
}

TEST_CASE("bytes that are no text are refused at their place") {
  struct Row {
    std::string bytes;
    int line;
    int column;
    std::string message;
  };
  const std::string notUtf8 = "the byte here is not UTF-8; save the file as UTF-8 text";
  const auto row = GENERATE_COPY(values<Row>({
      {"{\n \"\xFC\" }", 2, 3, notUtf8},
      {"\xC0\xAF", 1, 1, notUtf8},
      {"\xED\xA0\x80", 1, 1, notUtf8},
      {"\xF4\x90\x80\x80", 1, 1, notUtf8},
      {"ü\xE2\x82", 1, 2, notUtf8},
      {"{ \0 }"s, 1, 3, "the file has a zero byte; save it as UTF-8 text"},
      {utf16(u"{}", false), 1, 2, "the file has a zero byte; save it as UTF-8 text"},
      {"\xFF\xFE{", 1, 1, "the file ends within a UTF-16 character; save it as UTF-8 text"},
      {"\xFF\xFE" + utf16({u"{\xD83D}", 3}, false), 1, 2,
       "half of a UTF-16 surrogate pair; save the file as UTF-8 text"},
      {"\xFF\xFE" + utf16({u"{\xDC00}", 3}, false), 1, 2,
       "half of a UTF-16 surrogate pair; save the file as UTF-8 text"},
      {"\xFF\xFE" + utf16({u"{\0}", 3}, false), 1, 2,
       "the file has a zero character; save it as UTF-8 text"},
  }));
  const Diagnostic diagnostic = onlyDiagnostic(row.bytes);
  CHECK(diagnostic.line == row.line);
  CHECK(diagnostic.column == row.column);
  CHECK(diagnostic.message == row.message);
}

TEST_CASE("a file above 1 MB is refused, one of just 1 MB is read") {
  constexpr std::size_t megabyte = 1024 * 1024;
  CHECK(parsePolicy("{}" + std::string(megabyte - 2, ' ')).policy.has_value());
  CHECK(onlyDiagnostic("{}" + std::string(megabyte - 1, ' ')).message ==
        "the file is larger than 1 MB, more than any policy needs");
}

TEST_CASE("a file of nothing but mistakes ends in a bounded list") {
  std::string text = "{ \"watch\": [";
  for (int i = 0; i < 60; ++i)
    text += "{ \"counterService\": 1, \"mode\": 2, \"colour\": 3 },\n";
  const PolicyReading reading = parsePolicy(text + "{}] }");
  CHECK_FALSE(reading.policy.has_value());
  REQUIRE(reading.diagnostics.size() == 101);
  CHECK(reading.diagnostics.back().message == "and 81 more; only the first 100 are listed");
}

TEST_CASE("one huge document of many small values is stopped, not stored") {
  std::string lists = "[[0]";
  for (int i = 0; i < 200; ++i) {
    lists += ",[0";
    for (int j = 0; j < 200; ++j)
      lists += ",0";
    lists += "]";
  }
  CHECK(onlyDiagnostic(lists + "]").message == "the file has more than 20000 values");
}

}  // namespace imshealth::test
