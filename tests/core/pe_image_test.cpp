#include "core/pe_image.h"

#include "tests/core/library_builder.h"
#include "tests/show_result.h"

#include <catch2/catch.hpp>

#include <random>

namespace imshealth {
namespace {

using testing::buildLibrary;

const std::vector<std::string> kExports{"CloseImcPerformanceData", "OpenImcPerformanceData"};

}  // namespace

TEST_CASE("A library's machine and exports are read without loading it") {
  const auto image = readPeImage(buildLibrary({.exports = kExports}));
  REQUIRE(image);
  CHECK(image->machine == Machine::i386);
  CHECK(image->isDll);
  CHECK(image->hasExport("OpenImcPerformanceData"));
  CHECK_FALSE(image->hasExport("openimcperformancedata"));
}

TEST_CASE("Libraries of other machines are told apart") {
  CHECK(readPeImage(buildLibrary({.machine = 0x0184}))->machine == Machine::alpha);
  CHECK(readPeImage(buildLibrary({.machine = 0x01F0}))->machine == Machine::other);
}

TEST_CASE("A section without a place in the file has no bytes there, whatever size it gives") {
  // .bss, as old linkers wrote it: a second header behind that of .rdata.
  constexpr std::size_t sectionCount = 0x46, secondHeader = 0x160;
  constexpr std::uint8_t address = 0x30, size = 0x90;  // third byte of each; the latter is 9 MB
  auto library = buildLibrary({.exports = kExports});
  library[sectionCount] = 2;
  library[secondHeader + 12 + 2] = address;
  library[secondHeader + 16 + 2] = size;
  const auto image = readPeImage(library);
  REQUIRE(image);
  CHECK(image->exports == kExports);

  // A table that would lie in it does not lie at the beginning of the file.
  constexpr std::size_t importTable = 0x58 + 96 + 8;
  library[secondHeader + 16 + 2] = 0;
  library[secondHeader + 16 + 1] = 0x10;
  library[importTable + 2] = address;
  REQUIRE_FALSE(readPeImage(library));
  CHECK_THAT(readPeImage(library).error().describe(), Catch::Contains("outside of the file"));
}

TEST_CASE("A 16-bit program file is unsupported, a text file is corrupt") {
  std::vector<std::uint8_t> old(0x80);
  old[0] = 'M';
  old[1] = 'Z';
  old[0x3C] = 0x40;
  old[0x40] = 'N';
  old[0x41] = 'E';
  REQUIRE_FALSE(readPeImage(old));
  CHECK(readPeImage(old).error().kind == ErrorKind::unsupported);
  const std::string text = "This is no library.";
  const std::vector<std::uint8_t> bytes(text.begin(), text.end());
  REQUIRE_FALSE(readPeImage(bytes));
  CHECK(readPeImage(bytes).error().kind == ErrorKind::corrupt);
}

TEST_CASE("A truncated library is an error or a smaller truth, at every length") {
  const auto whole = buildLibrary({.exports = kExports});
  for (std::size_t length = 0; length < whole.size(); ++length) {
    const std::vector<std::uint8_t> part(whole.begin(),
                                         whole.begin() + static_cast<std::ptrdiff_t>(length));
    const auto image = readPeImage(part);
    if (image) {
      CHECK(image->exports.size() <= kExports.size());
    } else {
      CHECK(image.error().kind == ErrorKind::corrupt);
    }
  }
}

TEST_CASE("Flipped bytes never make the reader leave the file") {
  const auto whole = buildLibrary({.exports = kExports});
  std::mt19937 random(1008);
  int readable = 0;
  for (int round = 0; round < 3000; ++round) {
    auto damaged = whole;
    for (int i = 0; i < 4; ++i) {
      damaged[random() % damaged.size()] = static_cast<std::uint8_t>(random());
    }
    readable += readPeImage(damaged).has_value() ? 1 : 0;
  }
  CHECK(readable > 0);
  CHECK(readable < 3000);
}

}  // namespace imshealth
