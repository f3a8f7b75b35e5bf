// Of a backup that a journal names, only what a repair of ours can have saved is put back.
#include "core/found_backup.h"

#include "tests/core/world.h"

#include <boost/crc.hpp>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>

using namespace imshealth;
using namespace imshealth::testing;
using nlohmann::json;
using Ids = std::vector<std::uint16_t>;

namespace {

constexpr char strangerPath[] = "C:\\exchsrvr\\bin\\other.dll";
constexpr char plantedFolder[] = "C:\\Users\\somebody\\backup";

BackedUpFile saved(const std::string& path) {
  return {.path = path, .existed = true, .savedAs = "saved", .checksum = 1};
}

struct Case {
  WatchPolicy watch = policyFor(Mode::repair).watch.front();
  std::string registered;
  SystemFacts system;
  Case() {
    system.systemDirectory = "C:\\WINNT\\system32";
    system.exchangeRoot = "C:\\exchsrvr";
  }
  bool believesLibrary(const std::string& path) const {
    return !objectionTo({.counterService = imcKey, .library = {saved(path)}}, watch, registered,
                        system);
  }
  bool believesTextFile(const std::string& path) const {
    return !objectionTo({.counterService = imcKey, .textFiles = {saved(path)}}, watch, registered,
                        system);
  }
};

/// A repair whose program ends behind lodctr, and whose counters do not open afterwards.
void leaveJournal(SimulatedServer& server) {
  server.files[strangerPath] = {'M', 'Z'};
  killBehindLodctr(server);
  server.behaviour.openStatus = 1003;
  server.alerts.clear();
}

std::string manifestOf(const SimulatedServer& server) {
  const auto found = std::ranges::find_if(
      server.files, [](const auto& file) { return file.first.ends_with("manifest.json"); });
  REQUIRE(found != server.files.end());
  return found->first;
}

/// With a checksum that is right again, as somebody would write it who means harm.
void alterManifest(SimulatedServer& server, const std::function<void(json&)>& change) {
  auto& bytes = server.files[manifestOf(server)];
  json manifest = json::parse(bytes.begin(), bytes.end());
  REQUIRE(manifest.erase("checksum") == 1);
  change(manifest);
  boost::crc_32_type crc;
  const std::string sealed = manifest.dump();
  crc.process_bytes(sealed.data(), sealed.size());
  manifest["checksum"] = crc.checksum();
  const std::string text = manifest.dump();
  bytes.assign(text.begin(), text.end());
}

json entry(const std::string& path, bool existed, const std::string& savedAs) {
  return {{"path", path}, {"existed", existed}, {"savedAs", savedAs}, {"checksum", 0}};
}

}  // namespace

TEST_CASE("The library of a backup lies where this service's library may lie, under its name") {
  Case c;
  CHECK(c.believesLibrary("C:\\exchsrvr\\bin\\imsperf.dll"));
  CHECK(c.believesLibrary("C:\\WINNT\\system32\\GWPERF.DLL"));
  CHECK_FALSE(c.believesLibrary("C:\\exchsrvr\\bin\\other.dll"));
  CHECK_FALSE(c.believesLibrary("C:\\exchsrvr\\bin\\..\\..\\imsperf.dll"));
  CHECK_FALSE(c.believesLibrary("C:\\exchsrvr.old\\imsperf.dll"));
  CHECK_FALSE(c.believesLibrary("C:\\temp\\imsperf.dll"));
  CHECK_FALSE(c.believesLibrary("\\\\server\\share\\imsperf.dll"));
  CHECK_FALSE(c.believesLibrary("\\\\?\\C:\\exchsrvr\\bin\\imsperf.dll"));
  CHECK_FALSE(c.believesLibrary("imsperf.dll"));
  CHECK_FALSE(c.believesLibrary(""));
  SECTION("the one that the Performance key names") {
    c.registered = "other.dll";
    CHECK(c.believesLibrary("C:\\exchsrvr\\bin\\other.dll"));
  }
  SECTION("the policy's folder and name, and no others") {
    c.watch.directory = "D:\\Exchange\\";
    c.watch.library = "own.dll";
    CHECK(c.believesLibrary("D:\\exchange\\own.dll"));
    CHECK_FALSE(c.believesLibrary("D:\\Exchange\\imsperf.dll"));
    CHECK_FALSE(c.believesLibrary("C:\\exchsrvr\\bin\\own.dll"));
  }
  SECTION("without Exchange's root only the system directory") {
    c.system.exchangeRoot.reset();
    CHECK(c.believesLibrary("C:\\WINNT\\system32\\imsperf.dll"));
    CHECK_FALSE(c.believesLibrary("C:\\exchsrvr\\bin\\imsperf.dll"));
  }
}

TEST_CASE("The text files of a backup are Perflib's") {
  const Case c;
  CHECK(c.believesTextFile("C:\\WINNT\\system32\\perfc009.dat"));
  CHECK(c.believesTextFile("c:\\winnt\\SYSTEM32\\PERFH00C.DAT"));
  CHECK_FALSE(c.believesTextFile("C:\\WINNT\\system32\\perfd009.dat"));
  CHECK_FALSE(c.believesTextFile("C:\\WINNT\\system32\\perfc.dat"));
  CHECK_FALSE(c.believesTextFile("C:\\WINNT\\system32\\perfc009.dll"));
  CHECK_FALSE(c.believesTextFile("C:\\WINNT\\system32\\perfc009:x.dat"));
  CHECK_FALSE(c.believesTextFile("C:\\WINNT\\system32\\drivers\\perfc009.dat"));
  CHECK_FALSE(c.believesTextFile("C:\\WINNT\\system32\\kernel32.dll"));
  CHECK_FALSE(c.believesTextFile("C:\\temp\\perfc009.dat"));
}

TEST_CASE("A backup of another service, of two libraries, or of bytes that lie elsewhere") {
  const Case c;
  BackupManifest manifest{.counterService = imcKey, .library = {saved(libraryPath)}};
  CHECK_FALSE(objectionTo(manifest, c.watch, "", c.system));
  SECTION("another service") {
    manifest.counterService = "Tcpip";
  }
  SECTION("two libraries") {
    manifest.library.push_back(saved(libraryPath));
  }
  SECTION("bytes elsewhere") {
    manifest.library.front().savedAs = GENERATE("..\\x", "C:\\x", "a\\b", "", "x:y");
  }
  CHECK(objectionTo(manifest, c.watch, "", c.system));
}

TEST_CASE("A backup that is not believed is not put back; that is told, and blocks nothing") {
  SimulatedServer server;
  server.breakCounters();
  leaveJournal(server);
  std::string why;
  SECTION("the manifest would have another library deleted") {
    why = "other.dll";
    alterManifest(server, [](json& manifest) {
      manifest["library"] = {entry(strangerPath, false, "other.dll")};
    });
  }
  SECTION("the manifest would have a text file written elsewhere") {
    why = "no text file";
    alterManifest(server, [](json& manifest) {
      manifest["textFiles"][0]["path"] = "C:\\WINNT\\system32\\drivers\\perfc009.dat";
    });
  }
  SECTION("the manifest is of another service") {
    why = "OtherProduct";
    alterManifest(server, [](json& manifest) { manifest["counterService"] = "OtherProduct"; });
  }
  SECTION("the journal names a folder elsewhere") {
    why = "does not lie in C:\\data\\backup";
    const std::string folder =
        GENERATE(as<std::string>(), plantedFolder, "C:\\data\\backup\\..\\..\\x",
                 "C:\\data\\backup\\a\\b", "C:\\data\\backup", "\\\\server\\share\\x", "");
    if (folder == plantedFolder) {
      server.files[folder + "\\manifest.json"] = server.files[manifestOf(server)];
    }
    (void)StateKeeper(server).update([&](State& state) { state.journal->backupFolder = folder; });
  }
  const ServerContents before = server.contents();
  Program program(server, policyFor(Mode::repair));
  server.run();
  CHECK(server.contents() == before);
  REQUIRE(server.alertIds() == Ids{203});
  CHECK_THAT(server.alerts.front().strings[2], Catch::Contains("not believed"));
  CHECK_THAT(server.alerts.front().strings[2], Catch::Contains(why));
  CHECK(server.alerts.front().strings[3] == "no");
  CHECK_FALSE(program.state.read()->journal);
}

TEST_CASE("A backup that has been deleted cannot be put back; that is told, and blocks nothing") {
  SimulatedServer server;
  server.breakCounters();
  leaveJournal(server);
  server.files.erase(manifestOf(server));
  const ServerContents before = server.contents();
  Program program(server, policyFor(Mode::repair));
  server.run();
  CHECK(server.contents() == before);
  REQUIRE(server.alertIds() == Ids{203});
  CHECK_THAT(server.alerts.front().strings[2], Catch::Contains("manifest.json"));
  CHECK(server.alerts.front().strings[3] == "no");
  CHECK_FALSE(program.state.read()->journal);
}

TEST_CASE("A manifest that is damaged at any place is refused, or reads as it was written") {
  SimulatedServer server;
  server.breakCounters();
  leaveJournal(server);
  const std::string path = manifestOf(server);
  const std::string folder = path.substr(0, path.rfind('\\'));
  Witness witness;
  const Backup::Ports ports = server.repairPorts(witness).forBackup();
  const auto whole = server.files[path];
  const auto written = Backup::open(folder, ports);
  REQUIRE(written.has_value());
  int refused = 0;
  for (std::size_t at = 0; at < whole.size(); ++at) {
    auto& bytes = server.files[path] = whole;
    bytes[at] ^= 1;
    INFO(std::string(bytes.begin(), bytes.end()));
    const auto read = Backup::open(folder, ports);
    if (!read) {
      CHECK(read.error().kind == ErrorKind::corrupt);
      ++refused;
    } else {  // a blank, the case of a hexadecimal digit
      CHECK(read->manifest() == written->manifest());
    }
  }
  CHECK(refused > 0);
}

TEST_CASE("A damaged manifest: nothing is put back; that is told, and blocks nothing") {
  SimulatedServer server;
  server.breakCounters();
  leaveJournal(server);
  auto& bytes = server.files[manifestOf(server)];
  SECTION("a bit of a value") {
    const std::string_view name = "\"bytes\": \"";
    const auto at = std::search(bytes.begin(), bytes.end(), name.begin(), name.end());
    REQUIRE(at != bytes.end());
    at[name.size() + 1] ^= 1;
  }
  SECTION("cut off") {
    bytes.resize(bytes.size() / 2);
  }
  SECTION("without its checksum") {
    json manifest = json::parse(bytes.begin(), bytes.end());
    REQUIRE(manifest.erase("checksum") == 1);
    const std::string text = manifest.dump();
    bytes.assign(text.begin(), text.end());
  }
  SECTION("nested without an end") {
    bytes.assign(1'000'000, '[');
  }
  const ServerContents before = server.contents();
  Program program(server, policyFor(Mode::repair));
  server.run();
  CHECK(server.contents() == before);
  REQUIRE(server.alertIds() == Ids{203});
  CHECK_THAT(server.alerts.front().strings[2], Catch::Contains("manifest.json: damaged"));
  CHECK(server.alerts.front().strings[3] == "no");
  CHECK_FALSE(program.state.read()->journal);
}

TEST_CASE("The same backup as it was left is put back") {
  SimulatedServer server;
  server.breakCounters();
  const ServerContents before = server.contents();
  leaveJournal(server);
  Program program(server, policyFor(Mode::repair));
  server.run();
  REQUIRE(server.alertIds() == Ids{203});
  CHECK(server.alerts.front().strings[3] == "yes");
  server.files.erase(strangerPath);
  CHECK(server.contents() == before);
}
