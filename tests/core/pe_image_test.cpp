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
