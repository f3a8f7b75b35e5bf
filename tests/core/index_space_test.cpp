#include "core/index_space.h"

#include "tests/show_result.h"

#include <catch2/catch.hpp>

#include <random>

namespace imshealth {
namespace {

void load(IndexSpace& space, const std::string& service, std::uint32_t counters) {
  const std::uint32_t first = *space.totals.lastCounter + 2;
  const std::uint32_t last = first + 2 * (counters - 1);
  space.services.push_back({service, first, last, first + 1, last + 1});
  for (std::uint32_t i = first; i <= last; i += 2) {
    space.languages[0].names[i] = service + " " + std::to_string(i);
    space.languages[0].helps[i + 1] = "help " + std::to_string(i);
  }
  space.totals.lastCounter = last;
  space.totals.lastHelp = last + 1;
}

IndexSpace threeServices() {
  IndexSpace space;
  space.totals = {
      .lastCounter = kLastBaseCounter, .lastHelp = kLastBaseCounter + 1, .baseIndex = 1847};
  space.languages.push_back(
      {.language = "009", .names = {{2, "System"}, {1846, "End"}}, .helps = {}, .damage = {}});
  load(space, "MSExchangeDS", 5);
  load(space, "MSExchangeIMC", 4);
  load(space, "MSExchangeIS", 7);
  return space;
}

std::vector<int> numbers(const std::vector<Violation>& violations) {
  std::vector<int> result;
  for (const Violation& violation : violations) {
    result.push_back(violation.invariant);
  }
  return result;
}

std::vector<std::uint8_t> multiSz(const std::vector<std::string>& strings) {
  std::vector<std::uint8_t> bytes;
  for (const std::string& text : strings) {
    for (const char c : text) {
      bytes.push_back(static_cast<std::uint8_t>(c));
      bytes.push_back(0);
    }
    bytes.insert(bytes.end(), 2, 0);
  }
  bytes.insert(bytes.end(), 2, 0);
  return bytes;
}

}  // namespace

TEST_CASE("A sound index space breaks no invariant") {
  const IndexSpace space = threeServices();
  for (const ServiceRange& range : space.services) {
    CHECK(violationsOf(space, range.service).empty());
  }
  CHECK(violationsOf(space, "NotLoaded").empty());
  CHECK(orphanedTexts(space).empty());
}

TEST_CASE("Each broken invariant is named by its number") {
  IndexSpace space = threeServices();
  ServiceRange& imc = space.services[1];
  int expected = 0;
  SECTION("totals that do not fit each other") {
    space.totals.lastHelp = *space.totals.lastHelp + 2;
    expected = 1;
  }
  SECTION("an odd First Counter") {
    imc.firstCounter = *imc.firstCounter + 1;
    expected = 2;
  }
  SECTION("a range among the system's own counters") {
    imc = {"MSExchangeIMC", 1846, 1846, 1847, 1847};
    space.languages[0].helps[1847] = "End";
    expected = 4;
  }
  SECTION("a range above the totals") {
    imc.lastCounter = *space.totals.lastCounter + 10;
    imc.lastHelp = *space.totals.lastHelp + 10;
    expected = 5;
  }
  SECTION("a range that overlaps the next one") {
    imc.lastCounter = *imc.lastCounter + 2;
    imc.lastHelp = *imc.lastHelp + 2;
    expected = 6;
  }
  SECTION("help texts that are another service's") {
    imc.firstHelp = *space.services[0].lastHelp;
    expected = 6;
  }
  SECTION("a Last Help that is another service's") {
    imc.lastHelp = *space.services[2].firstHelp;
    expected = 6;
  }
  SECTION("help texts that are the system's own") {
    space.services.erase(space.services.begin());
    space.services[0].firstHelp = 3;
    expected = 6;
  }
  SECTION("the last help text of the system's own") {
    space.services.erase(space.services.begin());
    space.services[0].firstHelp = kLastBaseHelp;
    expected = 6;
  }
  SECTION("a range from back to front, over another service's") {
    imc.firstCounter = *space.services[2].firstCounter;
    expected = 6;
  }
  SECTION("a name that is missing") {
    space.languages[0].names.erase(*imc.lastCounter);
    expected = 7;
  }
  SECTION("a help text that is missing") {
    space.languages[0].helps.erase(*imc.lastHelp);
    expected = 7;
  }
  SECTION("a list that is badly formed") {
    space.languages[0].damage.emplace_back("index 9 stands behind index 12");
    expected = 7;
  }
  SECTION("texts behind Last Counter") {
    space.languages[0].names[*space.totals.lastCounter + 2] = "left over";
    expected = 9;
  }
  CHECK_THAT(numbers(violationsOf(space, "MSExchangeIMC")), Catch::VectorContains(expected));
}

TEST_CASE("A help text that the counter file leaves out is not missed") {
  IndexSpace space = threeServices();
  const std::uint32_t last = *space.services[1].lastCounter;
  space.languages[0].helps.erase(last + 1);
  CHECK(violationsOf(space, "MSExchangeIMC", {last}).empty());
}

TEST_CASE("A range of four billion indexes is judged at once") {
  IndexSpace space = threeServices();
  space.services[1] = {"MSExchangeIMC", 2000, 0xFFFFFFFEU, 2001, 0xFFFFFFFFU};
  CHECK_THAT(numbers(violationsOf(space, "MSExchangeIMC")), Catch::VectorContains(5));
}

TEST_CASE("Invariants 5 to 8 make unloading unsafe, the others do not") {
  for (int invariant = 1; invariant <= 10; ++invariant) {
    CHECK(makesUnloadingUnsafe({invariant, ""}) == (invariant >= 5 && invariant <= 8));
  }
}

TEST_CASE("Reloading the last service changes nothing of the others") {
  const IndexSpace before = threeServices();
  IndexSpace after = before;
  for (const ServiceRange& own : {after.services[2]}) {
    for (std::uint32_t i = *own.firstCounter; i <= *own.lastCounter; i += 2) {
      after.languages[0].names.erase(i);
      after.languages[0].helps.erase(i + 1);
    }
  }
  after.services[2] = {.service = "MSExchangeIS",
                       .firstCounter = {},
                       .lastCounter = {},
                       .firstHelp = {},
                       .lastHelp = {}};
  CHECK(changesToOthers(before, after, "msexchangeis").empty());
  CHECK(changesToOthers(before, before, "MSExchangeIS").empty());
}

TEST_CASE("Whatever moves of another service is told") {
  const IndexSpace before = threeServices();
  std::mt19937 random(43);
  for (int round = 0; round < 500; ++round) {
    IndexSpace after = before;
    const std::size_t other = random() % 2 == 0 ? 0 : 2;
    ServiceRange& range = after.services[other];
    const auto counters = (*range.lastCounter - *range.firstCounter) / 2 + 1;
    const auto index = *range.firstCounter + 2 * static_cast<std::uint32_t>(random() % counters);
    switch (random() % 5) {
      case 0: range.firstCounter = *range.firstCounter + 2; break;
      case 1: range.lastHelp.reset(); break;
      case 2: after.languages[0].names.erase(index); break;
      case 3: after.languages[0].helps[index + 1] = "another text"; break;
      default:
        after.services.erase(after.services.begin() + static_cast<std::ptrdiff_t>(other));
        break;
    }
    CHECK_FALSE(changesToOthers(before, after, "MSExchangeIMC").empty());
  }
}

TEST_CASE("A text of another service is the other's, even where our range ran over it") {
  IndexSpace before = threeServices();
  const std::uint32_t theirs = *before.services[0].lastHelp;
  before.services[1].firstHelp = theirs;
  IndexSpace after = before;
  after.languages[0].helps.erase(theirs);
  CHECK_FALSE(changesToOthers(before, after, "MSExchangeIMC").empty());
}

TEST_CASE("A text of the system's own stays the system's, even where our range ran over it") {
  IndexSpace before = threeServices();
  before.languages[0].helps[3] = "The System object";
  before.services[1].firstHelp = 3;
  IndexSpace after = before;
  after.languages[0].helps.erase(3);
  CHECK_FALSE(changesToOthers(before, after, "MSExchangeIMC").empty());
}

TEST_CASE("The first counter behind the system's own is of the service that has it") {
  IndexSpace space;
  space.totals = {.lastCounter = kLastBaseCounter, .lastHelp = kLastBaseHelp, .baseIndex = 1847};
  space.languages.push_back(
      {.language = "009", .names = {{2, "System"}, {1846, "End"}}, .helps = {}, .damage = {}});
  load(space, "MSExchangeIMC", 4);
  REQUIRE(space.services[0].firstCounter == kLastBaseHelp + 1);
  CHECK(violationsOf(space, "MSExchangeIMC").empty());
}

TEST_CASE("Texts that no service owns are orphans") {
  IndexSpace space = threeServices();
  const ServiceRange gone = space.services[1];
  space.services.erase(space.services.begin() + 1);
  CHECK(orphanedTexts(space).size() == 8);
  CHECK(orphanedTexts(space).front() == *gone.firstCounter);
}

TEST_CASE("A text list is read; the pseudo pair is not a counter") {
  std::vector<std::string> damage;
  const auto list = parseTextList(multiSz({"1", "1847", "2", "System", "4", "Memory"}), damage);
  CHECK(list == std::map<std::uint32_t, std::string>{{2, "System"}, {4, "Memory"}});
  CHECK(damage.empty());
}

TEST_CASE("Damage of a text list is told and the rest is still read") {
  std::vector<std::string> damage;
  SECTION("two numbers in a row") {
    CHECK(parseTextList(multiSz({"2", "4", "Memory"}), damage).at(4) == "Memory");
  }
  SECTION("two texts in a row") {
    CHECK(parseTextList(multiSz({"2", "System", "split off", "4", "Memory"}), damage).at(4) ==
          "Memory");
  }
  SECTION("falling indexes") {
    CHECK(parseTextList(multiSz({"4", "Memory", "2", "System"}), damage).size() == 2);
  }
  SECTION("a number without text") {
    CHECK(parseTextList(multiSz({"2", "System", "4"}), damage).size() == 1);
  }
  SECTION("an odd number of bytes") {
    auto bytes = multiSz({"2", "System"});
    bytes.push_back(0);
    CHECK(parseTextList(bytes, damage).size() == 1);
  }
  CHECK(damage.size() == 1);
}

TEST_CASE("A list of nothing but damage is told in a few lines") {
  std::vector<std::string> damage;
  CHECK(parseTextList(multiSz(std::vector<std::string>(5000, "text")), damage).empty());
  CHECK(damage.size() == 16);
}

}  // namespace imshealth
