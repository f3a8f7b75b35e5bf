#include "config/units.h"

#include "config/near_word.h"

#include <catch2/catch.hpp>

namespace imshealth::test {

using namespace std::chrono_literals;

TEST_CASE("durations are a whole number and a unit, at most a year") {
  CHECK(parseDuration("1ms") == 1ms);
  CHECK(parseDuration("90s") == 90s);
  CHECK(parseDuration("15m") == 15min);
  CHECK(parseDuration("24h") == 24h);
  CHECK(parseDuration("365d") == 8760h);
  for (const auto* text : {"", "0s", "366d", "8761h", "1", "ms", "1 s", "1S", "-1s", "1.5h", "+1s",
                           "1w", "99999999999999999999s", "1099511627777ms", "1ss"}) {
    INFO(text);
    CHECK_FALSE(parseDuration(text).has_value());
  }
}

TEST_CASE("times are of the day, 24:00 its end") {
  CHECK(parseTimeOfDay("00:00") == 0);
  CHECK(parseTimeOfDay("23:59") == 23 * 60 + 59);
  CHECK(parseTimeOfDay("24:00") == 24 * 60);
  for (const auto* text : {"", "24:01", "0:00", "00:60", "99:99", "12-30", "1a:00", "12:3 "}) {
    INFO(text);
    CHECK_FALSE(parseTimeOfDay(text).has_value());
  }
}

TEST_CASE("sizes are powers of 1024") {
  CHECK(parseSize("64KB") == 65536u);
  CHECK(parseSize("5MB") == 5u * 1024 * 1024);
  CHECK(parseSize("1GB") == 1024u * 1024 * 1024);
  for (const auto* text :
       {"", "0KB", "5", "5mb", "5 MB", "1025GB", "MB", "9999999999999999999GB"}) {
    INFO(text);
    CHECK_FALSE(parseSize(text).has_value());
  }
}

TEST_CASE("the nearest word is found through slips, swaps and case, and not by force") {
  const std::vector<std::string> known = {"alert", "repair", "counterService"};
  CHECK(nearestWord("repare", known) == "repair");
  CHECK(nearestWord("repiar", known) == "repair");
  CHECK(nearestWord("REPAIR", known) == "repair");
  CHECK(nearestWord("counterservices", known) == "counterService");
  CHECK(nearestWord("rep", known) == "repair");
  CHECK(nearestWord("alerting", known) == "alert");
  CHECK_FALSE(nearestWord("mode", known).has_value());
  CHECK_FALSE(nearestWord("", known).has_value());
  CHECK_FALSE(nearestWord(std::string(100000, 'a'), known).has_value());
}

}  // namespace imshealth::test
