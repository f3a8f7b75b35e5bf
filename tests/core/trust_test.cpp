#include "core/trust.h"

#include <catch2/catch.hpp>

namespace imshealth {
namespace {

constexpr std::uint32_t kFull = 0x001F01FF;
constexpr std::uint32_t kReadAndExecute = 0x001200A9;
const std::string kAdministrators = "S-1-5-32-544";
const std::string kEveryone = "S-1-1-0";
const std::string kOurselves = "S-1-5-21-1-2-3-1000";

PathTrust sound() {
  PathTrust trust{.purpose = "library", .path = "C:\\exchsrvr\\bin\\imsperf.dll", .elements = {}};
  for (const char* path :
       {"C:\\", "C:\\exchsrvr", "C:\\exchsrvr\\bin", "C:\\exchsrvr\\bin\\imsperf.dll"}) {
    trust.elements.push_back(
        {.path = path,
         .isDirectory = std::string(path).find(".dll") == std::string::npos,
         .reparsePoint = false,
         .owner = kAdministrators,
         .entries = std::vector<AccessEntry>{{true, false, kFull, "S-1-5-18"},
                                             {true, false, kFull, kAdministrators},
                                             {true, false, kReadAndExecute, kEveryone}}});
  }
  return trust;
}

bool allowing(std::size_t element, std::uint32_t mask) {
  PathTrust trust = sound();
  trust.elements[element].entries->push_back({true, false, mask, kEveryone});
  return objectionsTo(trust, kOurselves).empty();
}

enum Place : std::size_t { root = 0, above = 1, lastFolder = 2, file = 3 };

}  // namespace

TEST_CASE("A path that only administrators can change is trusted") {
  CHECK(objectionsTo(sound(), kOurselves).empty());
}

TEST_CASE("Rights of others are judged by what they allow at that place") {
  struct Row {
    std::uint32_t right;
    bool onRoot, onFolderAbove, onLastFolder, onFile;
  };
  // True: harmless there.
  const Row rows[]{
      {0x00120089, true, true, true, true},      // read
      {0x00000020, true, true, true, true},      // execute, traverse
      {0x00000002, true, true, false, false},    // write, add a file
      {0x00000004, true, true, true, false},     // append, add a folder
      {0x00000040, false, false, false, true},   // delete children; of a file nothing
      {0x00000100, true, true, true, false},     // write attributes: makes a file a reparse point
      {0x00010000, false, false, false, false},  // delete, rename
      {0x00040000, false, false, false, false},  // change permissions
      {0x00080000, false, false, false, false},  // take ownership
      {0x10000000, false, false, false, false},  // all
      {0x40000000, true, true, false, false},    // generic write
      {0x80000000, true, true, true, true},      // generic read
      {0x20000000, true, true, true, true},      // generic execute
  };
  for (const Row& row : rows) {
    INFO(std::hex << row.right);
    CHECK(allowing(root, row.right) == row.onRoot);
    CHECK(allowing(above, row.right) == row.onFolderAbove);
    CHECK(allowing(lastFolder, row.right) == row.onLastFolder);
    CHECK(allowing(file, row.right) == row.onFile);
  }
}

TEST_CASE("The account of the service is trusted, an unknown one is not") {
  PathTrust trust = sound();
  trust.elements[file].owner = kOurselves;
  trust.elements[file].entries->push_back({true, false, kFull, kOurselves});
  CHECK(objectionsTo(trust, kOurselves).empty());
  CHECK(objectionsTo(trust, "").size() == 2);
}

TEST_CASE("Entries for objects yet to come do not count") {
  PathTrust trust = sound();
  trust.elements[above].entries->push_back({true, true, kFull, kEveryone});
  trust.elements[above].entries->push_back({true, false, kFull, "S-1-3-0"});
  CHECK(objectionsTo(trust, kOurselves).empty());
}

TEST_CASE("A denying entry makes nothing safe that another allows") {
  PathTrust trust = sound();
  trust.elements[file].entries->push_back({false, false, kFull, kEveryone});
  CHECK(objectionsTo(trust, kOurselves).empty());
  trust.elements[file].entries->push_back({true, false, kFull, kEveryone});
  CHECK_FALSE(objectionsTo(trust, kOurselves).empty());
}

TEST_CASE("Paths that lead elsewhere are not trusted") {
  PathTrust trust = sound();
  SECTION("a server") {
    trust.isUnc = true;
  }
  SECTION("a reparse point") {
    trust.elements[above].reparsePoint = true;
  }
  SECTION("a removable drive") {
    trust.drive = DriveKind::removable;
  }
  SECTION("a mapped drive") {
    trust.drive = DriveKind::remote;
  }
  SECTION("a way up") {
    trust.path = "C:\\exchsrvr\\..\\temp\\imsperf.dll";
  }
  SECTION("a stream of a file") {
    trust.path = "C:\\exchsrvr\\bin\\imsperf.ini:x";
  }
  SECTION("no absolute path") {
    trust.path = "imsperf.dll";
  }
  SECTION("no access list") {
    trust.elements[root].entries.reset();
  }
  SECTION("a file system without security") {
    trust.elements[root].owner.clear();
  }
  SECTION("security that cannot be read") {
    trust.error = 5;
  }
  SECTION("nothing examined") {
    trust.elements.clear();
  }
  CHECK_FALSE(objectionsTo(trust, kOurselves).empty());
}

TEST_CASE("An empty access list lets nobody in and is trusted") {
  PathTrust trust = sound();
  trust.elements[file].entries->clear();
  CHECK(objectionsTo(trust, kOurselves).empty());
}

TEST_CASE("A folder alone is judged by whether others can add anything to it") {
  const PathTrust trust = sound();
  PathElement folder = trust.elements[lastFolder];
  CHECK(objectionsTo(folder, kOurselves).empty());
  folder.entries->push_back({true, false, 0x0002, kEveryone});  // add files
  CHECK(objectionsTo(folder, kOurselves).size() == 1);
  folder.entries->back().mask = 0x0004;  // add folders: harmless where a library lies
  CHECK(objectionsTo(folder, kOurselves).size() == 1);
  folder.owner = kEveryone;
  CHECK(objectionsTo(folder, kOurselves).size() == 2);
}

}  // namespace imshealth
