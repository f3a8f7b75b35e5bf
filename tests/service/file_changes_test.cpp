#include "service/file_facts.h"
#include "service/win32/file_io.h"
#include "tests/service/fixture.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <set>
#include <string>
#include <vector>

using namespace imshealth;

namespace {

struct ViewTraits {
  using Value = void*;
  static Value invalid() { return nullptr; }
  static void close(Value value) { UnmapViewOfFile(value); }
};

/// Mapped as an image, which is what a process that has loaded the library keeps of the file.
UniqueResource<ViewTraits> load(const std::string& path) {
  const UniqueFile file(CreateFileW(toWide(path).c_str(), GENERIC_READ | GENERIC_EXECUTE,
                                    FILE_SHARE_READ | FILE_SHARE_DELETE, nullptr, OPEN_EXISTING, 0,
                                    nullptr));
  const UniqueHandle section(
      CreateFileMappingW(file.get(), nullptr, PAGE_READONLY | SEC_IMAGE, 0, 0, nullptr));
  return UniqueResource<ViewTraits>(MapViewOfFile(section.get(), FILE_MAP_READ, 0, 0, 0));
}

}  // namespace

TEST_CASE("a library that is loaded is replaced, and again while the one before is loaded too") {
  const auto image = readWholeFile(test::beside(TEST_FAULTY_LIBRARY), 16 * 1024 * 1024);
  REQUIRE(image.has_value());
  const std::vector<std::uint8_t> bytes(image->begin(), image->end());
  const std::string library = test::newFolder() + "\\counters.dll";
  REQUIRE(writeWholeFile(library, *image).has_value());
  WindowsFileChanges changes;

  const auto first = load(library);
  REQUIRE(first);
  REQUIRE(changes.replace(library, bytes).has_value());
  const auto second = load(library);
  REQUIRE(second);
  CHECK(changes.replace(library, bytes).has_value());
  const auto third = load(library);
  REQUIRE(third);
  CHECK(changes.remove(library).has_value());
  CHECK_FALSE(readWholeFile(library, 16 * 1024 * 1024).has_value());
}

TEST_CASE("what is moved aside gets a name of its own, though the moment's is taken") {
  const std::string file = test::newFolder() + "\\x";
  const auto now = [] {
    FILETIME time;
    GetSystemTimeAsFileTime(&time);
    return std::uint64_t{time.dwHighDateTime} << 32 | time.dwLowDateTime;
  };
  constexpr std::uint64_t millisecond = 10'000;
  bool wasTaken = false;
  // A slow machine needs longer to lay the names out, and may miss them: then further ahead.
  for (std::uint64_t ahead = 500; !wasTaken && ahead <= 16'000; ahead *= 2) {
    REQUIRE(writeWholeFile(file, "mine").has_value());
    // Each millisecond of a fifth of a second to come.
    std::set<std::string> taken;
    const std::uint64_t begin = now() + ahead * millisecond;
    for (std::uint64_t moment = begin; moment < begin + 200 * millisecond; moment += millisecond) {
      const FILETIME at{static_cast<DWORD>(moment), static_cast<DWORD>(moment >> 32)};
      SYSTEMTIME t;
      FileTimeToSystemTime(&at, &t);
      const std::string name =
          fmt::format("{}.replaced-{:04}{:02}{:02}-{:02}{:02}{:02}{:03}", file, t.wYear, t.wMonth,
                      t.wDay, t.wHour, t.wMinute, t.wSecond, t.wMilliseconds);
      REQUIRE(writeWholeFile(name, "other").has_value());
      taken.insert(name);
    }
    while (now() < begin + 20 * millisecond) {
      Sleep(1);
    }
    const auto moved = moveAside(file, "replaced");
    REQUIRE(moved.has_value());
    CHECK(*readWholeFile(*moved, 10) == "mine");
    CHECK_FALSE(taken.contains(*moved));
    // The moment's name and a number.
    wasTaken = taken.contains(moved->substr(0, moved->rfind('-')));
  }
  CHECK(wasTaken);
}
