#include "core/saved_evt.h"
#include "core/scan_output.h"
#include "tests/support/evt_bytes.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <sstream>

using namespace imshealth;
using namespace imshealth::test;
using nlohmann::json;

namespace {

RecordParts perflib(std::uint32_t number, std::u16string service, std::uint32_t status) {
  RecordParts parts;
  parts.number = number;
  parts.timeGenerated = 946684800 + number * 60;
  parts.strings = {std::move(service), u"C:\\exchsrvr\\bin\\imsperf.dll"};
  put32(parts.data, status);
  return parts;
}

/// A log without its end-of-file record: header, then the records.
Bytes logOf(const std::vector<RecordParts>& records) {
  Bytes bytes;
  for (const std::uint32_t word : {48u, 0x654C664Cu, 1u, 1u, 48u, 48u, 1u, 0u, 0u, 1u, 0u, 48u}) {
    put32(bytes, word);
  }
  for (const RecordParts& parts : records) {
    const Bytes record = makeRecord(parts);
    bytes.insert(bytes.end(), record.begin(), record.end());
  }
  return bytes;
}

std::vector<RecordParts> someRecords() {
  std::vector<RecordParts> records{perflib(1, u"MSExchangeIMC", 0x7E),
                                   perflib(2, u"MSEXCHANGEIMC", 0x7E), perflib(3, u"Tcpip", 0x7F)};
  RecordParts related = perflib(4, u"MSExchangeIMC", 5);
  related.eventId = 0xC00003F1;
  records.push_back(related);
  related.number = 5;
  related.source = u"LoadPerf";
  related.eventId = 0x400003E8;
  related.strings = {u"MSExchangeIMC", u"quote \" tab \t \x2028"};
  records.push_back(related);
  RecordParts decoy = perflib(6, u"MSExchangeIMC", 5);
  decoy.source = u"Perflib2";
  records.push_back(decoy);
  RecordParts none = perflib(7, u"Spooler", 0);
  none.data.clear();
  records.push_back(none);
  return records;
}

SavedEvt saved(const Bytes& bytes) {
  const auto file = EvtFile::open(bytes);
  REQUIRE(file.has_value());
  return SavedEvt(*file);
}

json scanToJson(const Bytes& bytes, const ScanWindow& window, bool listRecovered = false) {
  SavedEvt log = saved(bytes);
  std::ostringstream out;
  const auto output = scanJson(out, listRecovered);
  output->begin();
  output->add(scanFile("C:\\logs\\app\"1.evt", log, window), log);
  output->addFailed("gone.evt", Error(ErrorKind::missing, "gone.evt", 2, "not there"));
  output->end();
  return json::parse(out.str());
}

}  // namespace

TEST_CASE("The JSON of scan names open failures and what surrounds them") {
  const json result = scanToJson(logOf(someRecords()), {});
  REQUIRE(result.at("files").size() == 2);
  const json& file = result["files"][0];
  CHECK(file.at("file") == "C:\\logs\\app\"1.evt");
  CHECK(file.at("records") == 7);
  CHECK(file.at("damaged") == 0);
  CHECK(file.at("gaps") == 0);
  CHECK(file.at("recovered") == 0);
  REQUIRE(file.at("openFailures").size() == 4);
  const json& first = file["openFailures"][0];
  CHECK(first.at("record") == 1);
  CHECK(first.at("time") == "2000-01-01T00:01:00Z");
  CHECK(first.at("timeGenerated") == 946684860);
  CHECK(first.at("counterService") == "MSExchangeIMC");
  CHECK(first.at("library") == "C:\\exchsrvr\\bin\\imsperf.dll");
  CHECK(first.at("status") == 126);
  CHECK(file["openFailures"][3].at("status").is_null());
  REQUIRE(file.at("related").size() == 2);
  CHECK(file["related"][0].at("source") == "Perflib");
  CHECK(file["related"][0].at("id") == 1009);
  CHECK(file["related"][1].at("source") == "LoadPerf");
  CHECK(file["related"][1].at("strings")[1] == "quote \" tab \t \xE2\x80\xA8");
  CHECK(result["files"][1].at("records") == 0);
  CHECK(result["files"][1].contains("error"));
}

TEST_CASE("A window of time leaves out events, not the count of records") {
  ScanWindow window;
  window.since = 946684800 + 2 * 60;
  window.until = 946684800 + 4 * 60;
  const json file = scanToJson(logOf(someRecords()), window)["files"][0];
  CHECK(file.at("records") == 7);
  CHECK(file.at("openFailures").size() == 2);
  CHECK(file.at("related").empty());
}

TEST_CASE("Leftovers are counted, and listed only when asked for") {
  std::vector<RecordParts> records = someRecords();
  records.push_back(perflib(3, u"Tcpip", 0x7F));  // goes back in number: not of this log
  const Bytes bytes = logOf(records);
  const json quiet = scanToJson(bytes, {})["files"][0];
  CHECK(quiet.at("records") == 7);
  CHECK(quiet.at("recovered") == 1);
  CHECK_FALSE(quiet.contains("recoveredEvents"));
  const json full = scanToJson(bytes, {}, true)["files"][0];
  CHECK(full.at("recoveredEvents").size() == 1);
}

TEST_CASE("Cut off: the header of a log that was not closed tells of too few records, if at all") {
  Bytes bytes = logOf(someRecords());
  const bool dirty = GENERATE(false, true);
  bytes[24] = 6;              // the header's next number
  bytes[36] = dirty ? 1 : 0;  // its flags
  bytes.resize(bytes.size() / 2);
  SavedEvt log = saved(bytes);
  std::ostringstream out;
  scanTable(out, false)->add(scanFile("app.evt", log, {}), log);
  CAPTURE(out.str());
  CHECK(out.str().find(" missing), ") != std::string::npos);
  CHECK((out.str().find("1 gap (at least ") != std::string::npos) == dirty);
  CHECK(out.str().find("its end is missing") != std::string::npos);
}

TEST_CASE("The table says which services failed, how often and what the status means") {
  const Bytes bytes = logOf(someRecords());
  SavedEvt log = saved(bytes);
  const ScannedFile scanned = scanFile("app.evt", log, {});
  CHECK(scanned.failures.size() == 3);  // the two spellings are one service
  std::ostringstream out;
  scanTable(out, false)->add(scanned, log);
  CHECK(out.str().find("7 records") != std::string::npos);
  CHECK(out.str().find("MSExchangeIMC         2  2000-01-01T00:01:00Z") != std::string::npos);
  CHECK(out.str().find("126 (ERROR_MOD_NOT_FOUND)") != std::string::npos);
  CHECK(out.str().find("4 times a counter library failed to open") != std::string::npos);
  CHECK(out.str().find("LoadPerf 1000       1  2000-01-01T00:04:00Z  2000-01-01T00:04:00Z  "
                       "counters were loaded") != std::string::npos);
  CHECK(out.str().find("Perflib  1009       1") != std::string::npos);
}

TEST_CASE("A file that cannot be read is in the document, and not in the table") {
  const Error error(ErrorKind::missing, "none.evt", 2, "there is no such file");
  std::ostringstream table;
  scanTable(table, false)->addFailed("none.evt", error);
  CHECK(table.str().empty());
  std::ostringstream document;
  const auto output = scanJson(document, false);
  output->begin();
  output->addFailed("none.evt", error);
  output->addFailed("none.evt", Error(ErrorKind::missing, "none.evt", 0, "no code of the system"));
  output->end();
  const json files = json::parse(document.str())["files"];
  CHECK(files[0]["errorCode"] == 2);
  CHECK_FALSE(files[1].contains("errorCode"));
}

TEST_CASE("First and last are by the senders' clocks, not by the order of the log") {
  std::vector<RecordParts> records{perflib(5, u"Tcpip", 2), perflib(6, u"Tcpip", 2),
                                   perflib(7, u"Tcpip", 2)};
  records[1].timeGenerated = 946684800;
  const Bytes bytes = logOf(records);
  SavedEvt log = saved(bytes);
  const ScannedFile scanned = scanFile("x", log, {});
  REQUIRE(scanned.failures.size() == 1);
  CHECK(scanned.failures.begin()->second.first == 946684800);
  CHECK(scanned.failures.begin()->second.last == 946684800 + 7 * 60);
}

TEST_CASE("Made-up ids of neighbours make a table of bounded length") {
  std::vector<RecordParts> records;
  for (std::uint32_t i = 1; i <= 300; ++i) {
    records.push_back(perflib(i, u"Tcpip", 2));
    records.back().eventId = 2000 + i;
  }
  const Bytes bytes = logOf(records);
  SavedEvt log = saved(bytes);
  std::ostringstream out;
  scanTable(out, false)->add(scanFile("x", log, {}), log);
  const std::string table = out.str();
  CHECK(std::count(table.begin(), table.end(), '\n') < 50);
  CHECK(table.find("and 260 of further ids") != std::string::npos);
}

TEST_CASE("A file name that is no UTF-8 leaves the JSON whole") {
  const Bytes bytes = logOf(someRecords());
  SavedEvt log = saved(bytes);
  std::ostringstream out;
  const auto output = scanJson(out, false);
  output->begin();
  output->add(scanFile("caf\xE9.evt", log, {}), log);
  output->end();
  CHECK(json::parse(out.str())["files"][0]["file"] == "caf\xEF\xBF\xBD.evt");
}

TEST_CASE("Made-up service names cost a bounded amount of memory") {
  std::vector<RecordParts> records;
  for (std::uint32_t i = 1; i <= 3000; ++i) {
    const std::string number = std::to_string(i);
    records.push_back(perflib(i, u"service" + std::u16string(number.begin(), number.end()), 2));
  }
  const Bytes bytes = logOf(records);
  SavedEvt log = saved(bytes);
  const ScannedFile scanned = scanFile("x", log, {});
  CHECK(scanned.failures.size() == ScannedFile::mostGroups);
  CHECK(scanned.otherFailures == 3000 - ScannedFile::mostGroups);
}

TEST_CASE("Times of a window are dates or points of time, UTC") {
  CHECK(parseScanTime("1970-01-02") == 86400);
  CHECK(parseScanTime("1970-01-02T01:02") == 86400 + 3720);
  CHECK(parseScanTime("1970-01-02 01:02:03") == 86400 + 3723);
  CHECK(parseScanTime("1970-01-02T01:02:03Z") == 86400 + 3723);
  CHECK(parseScanTime("2000-02-29"));
  for (const char* bad : {"", "yesterday", "2001-02-29", "2000-13-01", "2000-01-01T24:00",
                          "2000-01-01T00:60", "2000-01-01x", "2000-01-01T00:00:00Zx"}) {
    CAPTURE(bad);
    CHECK_FALSE(parseScanTime(bad));
  }
}
