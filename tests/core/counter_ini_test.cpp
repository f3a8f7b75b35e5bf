#include "core/counter_ini.h"

#include "tests/show_result.h"

#include <catch2/catch.hpp>

#include <random>
#include <string>

namespace imshealth {
namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes ansi(const std::string& text) {
  return {text.begin(), text.end()};
}

Bytes utf16(const std::string& text) {
  Bytes bytes{0xFF, 0xFE};
  for (const char c : text) {
    bytes.push_back(static_cast<std::uint8_t>(c));
    bytes.push_back(0);
  }
  return bytes;
}

const std::string kIni =
    "; counters\r\n[info]\r\ndrivername=MSExchangeIMC\r\nsymbolfile=imcperf.h\r\n\r\n"
    "[languages]\r\n009=English\r\n00C=French\r\n[objects]\r\nIMC_OBJECT_009_NAME=MSExchangeIMC\r\n"
    "[text]\r\nIMC_OBJECT_009_NAME=MSExchangeIMC\r\nIMC_OBJECT_009_HELP=Mail\r\n"
    "IMC_OBJECT_00C_NAME=MSExchangeIMC\r\nQUEUED_IN_009_NAME=Queued Inbound\r\n"
    "QUEUED_IN_00C_NAME=File d'attente\r\n";
const std::string kSymbols =
    "/* imcperf.h\n#define NOT_ME 8 */\n#ifndef IMC_H\n#define IMC_H\n#define IMC_OBJECT 0\n"
    "#define QUEUED_IN 0x2 // two\n#endif\n";

}  // namespace

TEST_CASE("A counter file reads the same in ANSI and in UTF-16") {
  const auto ini = readCounterIni(ansi(kIni));
  REQUIRE(ini);
  CHECK(ini->driverName == "MSExchangeIMC");
  CHECK(ini->symbolFile == "imcperf.h");
  CHECK(ini->languages == std::vector<std::string>{"009", "00C"});
  CHECK(ini->objects == std::vector<std::string>{"IMC_OBJECT"});
  REQUIRE(ini->texts.size() == 4);
  CHECK(ini->texts[0] == CounterText{"IMC_OBJECT", "009", "MSExchangeIMC", "Mail"});
  CHECK(*ini == *readCounterIni(utf16(kIni)));
}

TEST_CASE("ANSI letters above 127 are Windows-1252") {
  const auto ini = readCounterIni(ansi("[text]\nX_00C_NAME=\xE9t\xE9 \x80\n"));
  REQUIRE(ini);
  CHECK(ini->texts.at(0).name == "\xC3\xA9t\xC3\xA9 \xE2\x82\xAC");
}

TEST_CASE("A symbol file gives offsets; comments and include guards give none") {
  const auto symbols = readSymbolFile(ansi(kSymbols));
  REQUIRE(symbols);
  CHECK(symbols->offsets ==
        std::map<std::string, std::uint32_t>{{"IMC_OBJECT", 0}, {"QUEUED_IN", 2}});
}

TEST_CASE("A symbol file that cannot be meant is refused") {
  CHECK_FALSE(readSymbolFile(ansi("#define A x\n")));
  CHECK_FALSE(readSymbolFile(ansi("#define A 0\n#define A 2\n")));
  CHECK_FALSE(readSymbolFile(ansi("#define A 4294967296\n")));
  CHECK_FALSE(readSymbolFile(ansi("nothing")));
}

TEST_CASE("A sound pair has no problems") {
  CHECK(problemsOf(*readCounterIni(ansi(kIni)), *readSymbolFile(ansi(kSymbols)), "msexchangeimc")
            .empty());
}

TEST_CASE("What would make lodctr fail or do harm is found") {
  CounterIni ini = *readCounterIni(ansi(kIni));
  SymbolFile symbols = *readSymbolFile(ansi(kSymbols));
  std::string service = "MSExchangeIMC";
  std::string expected;
  SECTION("a language without texts (Q170840)") {
    ini.languages.emplace_back("007");
    expected = "Q170840";
  }
  SECTION("two texts under one number (Q192742)") {
    ini.texts.push_back(ini.texts.front());
    expected = "Q192742";
  }
  SECTION("another service") {
    service = "MSExchangeDS";
    expected = "drivername";
  }
  SECTION("a symbol file elsewhere") {
    ini.symbolFile = "..\\imcperf.h";
    expected = "bare name";
  }
  SECTION("a text without offset") {
    symbols.offsets.erase("QUEUED_IN");
    expected = "no offset";
  }
  SECTION("an offset without text") {
    symbols.offsets.emplace("LEFT_OVER", 4);
    expected = "no text";
  }
  SECTION("a gap between the offsets") {
    symbols.offsets["QUEUED_IN"] = 4;
    expected = "where 2 was expected";
  }
  const auto problems = problemsOf(ini, symbols, service);
  REQUIRE_FALSE(problems.empty());
  CHECK_THAT(problems.front(), Catch::Contains(expected));
}

TEST_CASE("Random bytes are read to an end") {
  std::mt19937 random(7);
  for (int round = 0; round < 500; ++round) {
    Bytes bytes = round % 2 == 0 ? ansi(kIni) : utf16(kIni);
    for (int i = 0; i < 20; ++i) {
      bytes[random() % bytes.size()] = static_cast<std::uint8_t>(random());
    }
    const auto ini = readCounterIni(bytes);
    const auto symbols = readSymbolFile(bytes);
    if (ini) {
      CHECK(ini->texts.size() <= 5);
    }
    CHECK_FALSE(symbols);
  }
}

}  // namespace imshealth
