// The adapters that read the server, against the registry and the files of the Wine prefix.
#include "core/survey.h"
#include "service/counter_registry.h"
#include "service/file_facts.h"
#include "service/server_facts.h"
#include "service/win32/registry.h"
#include "tests/service/fixture.h"
#include "tests/show_result.h"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace imshealth;

namespace {

const std::string kService = "ImsHealthTestCounters";
const std::string kKey = "SYSTEM\\CurrentControlSet\\Services\\" + kService + "\\Performance";

RegistryValue number(const std::string& name, std::uint32_t value) {
  return {name,
          REG_DWORD,
          {static_cast<std::uint8_t>(value), static_cast<std::uint8_t>(value >> 8),
           static_cast<std::uint8_t>(value >> 16), static_cast<std::uint8_t>(value >> 24)}};
}

RegistryValue text(const std::string& name, const std::string& value) {
  RegistryValue result{.name = name, .type = REG_SZ, .bytes = {}};
  for (const char c : value + '\0') {
    result.bytes.push_back(static_cast<std::uint8_t>(c));
    result.bytes.push_back(0);
  }
  return result;
}

/// A Performance key that is gone again at the end.
struct PerformanceKeyOfTest {
  PerformanceKeyOfTest() {
    auto key = RegistryKey::create(kKey);
    REQUIRE(key);
    for (const RegistryValue& value :
         {text("Library", "%SystemRoot%\\system32\\kernel32.dll"), text("Open", "OpenIt"),
          number("First Counter", 2000), number("Last Counter", 2004), number("First Help", 2001),
          number("Last Help", 2005)}) {
      REQUIRE(key->set(value));
    }
  }
  ~PerformanceKeyOfTest() {
    static_cast<void>(WindowsCounterRegistryBackup().restorePerformanceKey(kService, KeyImage()));
  }
};

}  // namespace

TEST_CASE("a Performance key is read, absent and malformed values are told apart") {
  const PerformanceKeyOfTest key;
  REQUIRE(RegistryKey::create(kKey)->set(number("Close", 1)));
  const auto facts = WindowsCounterRegistry().performanceKey(kService);
  REQUIRE(facts);
  CHECK(facts->exists);
  CHECK(facts->library == "%SystemRoot%\\system32\\kernel32.dll");
  CHECK(facts->open == "OpenIt");
  CHECK_FALSE(facts->collect);
  CHECK_FALSE(facts->close);
  CHECK(facts->malformedValues == std::vector<std::string>{"Close"});
  CHECK(facts->indexValues() == 4);
  CHECK_FALSE(WindowsCounterRegistry().performanceKey("ImsHealthNoSuchService")->exists);
}

TEST_CASE("the ranges of all services are found by enumeration") {
  const PerformanceKeyOfTest key;
  REQUIRE(RegistryKey::create("SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Perflib"));
  const auto space = WindowsCounterRegistry().indexSpace();
  REQUIRE(space);
  const ServiceRange* range = rangeOf(*space, kService);
  REQUIRE(range != nullptr);
  CHECK(*range == ServiceRange{kService, 2000, 2004, 2001, 2005});
}

TEST_CASE("a Performance key is put back exactly, with what was added taken away") {
  const PerformanceKeyOfTest key;
  WindowsCounterRegistryBackup backup;
  const auto before = backup.capturePerformanceKey(kService);
  REQUIRE(before);
  auto open = RegistryKey::create(kKey);
  REQUIRE(open);
  REQUIRE(open->set(number("First Counter", 7)));
  REQUIRE(open->set(text("Object List", "7")));
  REQUIRE(open->removeValue("Last Help"));
  REQUIRE(backup.restorePerformanceKey(kService, *before));
  CHECK(*backup.capturePerformanceKey(kService) == *before);
}

TEST_CASE("restoring a key that was not there takes it away") {
  const PerformanceKeyOfTest key;
  WindowsCounterRegistryBackup backup;
  REQUIRE(backup.restorePerformanceKey(kService, KeyImage()));
  CHECK_FALSE(backup.capturePerformanceKey(kService)->exists);
  REQUIRE(backup.restorePerformanceKey(kService, KeyImage()));
}

TEST_CASE("of the Perflib key only the totals are captured and put back") {
  auto perflib = RegistryKey::create("SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Perflib");
  REQUIRE(perflib);
  REQUIRE(perflib->set(number("Last Counter", 2004)));
  REQUIRE(perflib->set(number("EventLogLevel", 1)));
  WindowsCounterRegistryBackup backup;
  const auto before = backup.capturePerflibTotals();
  REQUIRE(before);
  REQUIRE(perflib->set(number("Last Counter", 9)));
  REQUIRE(perflib->set(number("EventLogLevel", 3)));
  REQUIRE(backup.restorePerflibTotals(*before));
  CHECK(numberOf(perflib->value("Last Counter")) == 2004U);
  CHECK(numberOf(perflib->value("EventLogLevel")) == 3U);
  REQUIRE(perflib->removeValue("Last Counter"));
  REQUIRE(perflib->removeValue("EventLogLevel"));
}

TEST_CASE("a file is examined: there, its size, read-only, held open by others") {
  const std::string path = test::newFolder() + "\\perfc009.dat";
  const WindowsFileFacts files;
  CHECK_FALSE(files.examine(path).exists);
  REQUIRE(WindowsFileChanges().replace(path, {1, 2, 3}));
  const FileFact fact = files.examine(path);
  CHECK(fact.exists);
  CHECK(fact.size == 3);
  CHECK_FALSE(fact.readOnly);
  CHECK_FALSE(fact.lockedForWriting);
  {
    const UniqueFile held(CreateFileW(toWide(path).c_str(), GENERIC_READ, FILE_SHARE_READ, nullptr,
                                      OPEN_EXISTING, 0, nullptr));
    REQUIRE(held);
    CHECK(files.examine(path).lockedForWriting);
  }
  REQUIRE(SetFileAttributesW(toWide(path).c_str(), FILE_ATTRIBUTE_READONLY));
  CHECK(files.examine(path).readOnly);
  REQUIRE(WindowsFileChanges().remove(path));
  CHECK_FALSE(files.examine(path).exists);
  CHECK(WindowsFileChanges().remove(path));
}

TEST_CASE("a file is read whole or not at all") {
  const std::string path = test::newFolder() + "\\a";
  REQUIRE(WindowsFileChanges().replace(path, {1, 2, 3, 4}));
  CHECK(*WindowsFileFacts().read(path, 4) == std::vector<std::uint8_t>{1, 2, 3, 4});
  CHECK(WindowsFileFacts().read(path, 3).error().kind == ErrorKind::unsupported);
  CHECK(WindowsFileFacts().read(path + "b", 3).error().kind == ErrorKind::missing);
}

TEST_CASE("a replaced file keeps its attributes, and nothing is left beside it") {
  const std::string folder = test::newFolder();
  const std::string path = folder + "\\imsperf.dll";
  WindowsFileChanges changes;
  REQUIRE(changes.replace(path, {1}));
  REQUIRE(SetFileAttributesW(toWide(path).c_str(), FILE_ATTRIBUTE_READONLY));
  REQUIRE(changes.replace(path, {2, 2}));
  const FileFact fact = WindowsFileFacts().examine(path);
  CHECK(fact.readOnly);
  CHECK(fact.size == 2);
  CHECK_FALSE(WindowsFileFacts().examine(path + ".new").exists);
  WIN32_FIND_DATAW entry;
  CHECK_FALSE(UniqueFind(FindFirstFileW(toWide(path + ".replaced*").c_str(), &entry)));
}

TEST_CASE("a library that is loaded can be taken away, and another one put into its place") {
  const std::string path = test::newFolder() + "\\imsperf.dll";
  const auto image = WindowsFileFacts().read(test::beside(TEST_FAULTY_LIBRARY), 16 * 1024 * 1024);
  REQUIRE(image);
  WindowsFileChanges changes;
  REQUIRE(changes.replace(path, *image));
  const UniqueModule loaded(LoadLibraryW(toWide(path).c_str()));
  REQUIRE(loaded);
  SECTION("removed") {
    REQUIRE(changes.remove(path));
    CHECK_FALSE(WindowsFileFacts().examine(path).exists);
  }
  SECTION("replaced") {
    REQUIRE(changes.replace(path, {1, 2}));
    CHECK(WindowsFileFacts().examine(path).size == 2);
  }
}

TEST_CASE("folders are made with all that is above them, once") {
  const std::string folder = test::newFolder() + "\\backup\\1\\texts";
  WindowsFileChanges changes;
  REQUIRE(changes.makeFolder(folder));
  REQUIRE(changes.makeFolder(folder));
  CHECK(WindowsFileFacts().examine(folder).isDirectory);
  REQUIRE(changes.replace(folder + "\\a", {1}));
  CHECK_FALSE(changes.makeFolder(folder + "\\a"));
}

TEST_CASE("owner and access list are read of every element of a path") {
  const std::string system = WindowsServerFacts().system().systemDirectory;
  const PathTrust trust = WindowsFileFacts().trustOf("library", system + "\\kernel32.dll");
  CHECK(trust.error == 0);
  CHECK(trust.drive == DriveKind::fixed);
  REQUIRE(trust.elements.size() == 4);
  CHECK(trust.elements.front().path == "C:\\");
  CHECK_FALSE(trust.elements.back().isDirectory);
  for (const PathElement& element : trust.elements) {
    CHECK_THAT(element.owner, Catch::StartsWith("S-1-"));
    REQUIRE(element.entries);
    CHECK_FALSE(element.entries->empty());
  }
  CHECK(objectionsTo(trust, WindowsServerFacts().system().serviceAccount).empty());
}

TEST_CASE("a path with missing elements is examined as far as it goes") {
  const PathTrust trust = WindowsFileFacts().trustOf("library", "C:\\windows\\no\\such.dll");
  CHECK(trust.error == 0);
  CHECK(trust.elements.size() == 2);
}

TEST_CASE("a network path is not touched") {
  const PathTrust trust = WindowsFileFacts().trustOf("library", "\\\\server\\share\\x.dll");
  CHECK(trust.isUnc);
  CHECK(trust.elements.empty());
}

TEST_CASE("the machine says what it is") {
  const SystemFacts facts = WindowsServerFacts().system();
  CHECK(facts.osMajor >= 4);
  CHECK((facts.windows64 || sizeof(void*) == 4));
  CHECK_THAT(facts.serviceAccount, Catch::StartsWith("S-1-5-"));
  CHECK(WindowsServerFacts().expandVariables("%SystemRoot%\\x") == facts.windowsDirectory + "\\x");
  CHECK(WindowsServerFacts().expandVariables("C:\\plain") == "C:\\plain");
}

TEST_CASE("a key without an image is counters alone, not an installed service") {
  const PerformanceKeyOfTest key;
  const ServiceFacts facts = WindowsServerFacts().service(kService);
  CHECK(facts.keyExists);
  CHECK_FALSE(facts.installed);
  CHECK_FALSE(WindowsServerFacts().service("ImsHealthNoSuchService").keyExists);
}

TEST_CASE("DLLs are found where Windows would look, and only there") {
  const WindowsServerFacts server;
  const std::string folder = test::newFolder();
  CHECK(server.findsDll("KERNEL32.dll", folder));
  CHECK_FALSE(server.findsDll("imshealth-no-such.dll", folder));
  REQUIRE(WindowsFileChanges().replace(folder + "\\beside.dll", {1}));
  CHECK(server.findsDll("beside.dll", folder));
  CHECK(server.findsDll("beside", folder));
  CHECK_FALSE(server.findsDll("..\\beside.dll", folder));
}
