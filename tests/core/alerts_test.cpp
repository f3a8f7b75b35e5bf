// Alerts of the contract: ids, strings, and foreign text made safe.
#include "core/alerts.h"

#include <catch2/catch.hpp>

using namespace imshealth;

TEST_CASE("Foreign text is made fit for an insertion string") {
  const auto [given, expected] = GENERATE(table<std::string, std::string>({
      {"plain", "plain"},
      {"100 %1 %n%%", "100 % 1 % n% % "},
      {"100 % 1 % n% % ", "100 % 1 % n% % "},  // twice is as once
      {"a\r\nb\tc", "a b c"},
      {std::string("a\0b\x1b[31m", 8), "ab[31m"},
      {"Gr\xC3\xB6\xC3\x9F"
       "e",
       "Gr\xC3\xB6\xC3\x9F"
       "e"},
      {"evil\xE2\x80\xAEtxt.exe", "eviltxt.exe"},  // U+202E
      {"a\xE2\x81\xA6"
       "b\xE2\x81\xA9"
       "c",
       "abc"},  // U+2066, U+2069
      {"line\xE2\x80\xA8"
       "break",
       "linebreak"},                     // U+2028
      {"next\xC2\x85line", "nextline"},  // U+0085
  }));
  CHECK(sanitise(given) == expected);
}

TEST_CASE("At most 1024 characters of foreign text, cut between characters") {
  std::string text;
  for (int i = 0; i < 2000; ++i) {
    text += "\xC3\xB6";
  }
  CHECK(sanitise(text).size() == 2048);
}

TEST_CASE("Alert 200 has its five strings in order") {
  const Alert alert = alerts::incidentOpened("MSExchangeIMC", Cause::countersNotLoaded, "because",
                                             Verdict::coolDown, 2);
  CHECK(alert.id == 200);
  CHECK(alert.type == EventType::warning);
  CHECK(alert.strings ==
        std::vector<std::string>{"MSExchangeIMC", "countersNotLoaded", "because", "coolDown", "2"});
}

TEST_CASE("Seconds are rounded up: a repair never took none") {
  CHECK(alerts::repairVerified("S", "verify", Milliseconds(1)).strings[2] == "1");
  CHECK(alerts::repairVerified("S", "verify", Milliseconds(30000)).strings[2] == "30");
}
