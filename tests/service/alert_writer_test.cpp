#include "service/alert_writer.h"

#include "tests/service/fixture.h"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace imshealth;

namespace {

struct Log {
  int opened = 0;
  std::vector<DWORD> failures;  ///< of the next reports, in order
  std::vector<DWORD> ids;
  std::vector<std::wstring> strings;
} eventLog;

HANDLE WINAPI open(LPCWSTR, LPCWSTR source) {
  CHECK(std::wstring(source) == L"ImsHealth");
  ++eventLog.opened;
  return CreateEventW(nullptr, TRUE, FALSE, nullptr);  // DeregisterEventSource closes it
}

BOOL WINAPI report(HANDLE, WORD, WORD, DWORD id, PSID, WORD count, DWORD, LPCWSTR* strings, void*) {
  if (!eventLog.failures.empty()) {
    SetLastError(eventLog.failures.front());
    eventLog.failures.erase(eventLog.failures.begin());
    return FALSE;
  }
  eventLog.ids.push_back(id);
  eventLog.strings.assign(strings, strings + count);
  return TRUE;
}

const Alert warning{204, EventType::warning, {"MSExchangeIMC", "coolDown"}};

}  // namespace

TEST_CASE("an alert carries its severity in the id and its strings in order") {
  eventLog = {};
  AlertWriter writer({open, report});
  REQUIRE(writer.write(warning).has_value());
  CHECK(eventLog.ids == std::vector<DWORD>{0x800000CC});
  CHECK(eventLog.strings == std::vector<std::wstring>{L"MSExchangeIMC", L"coolDown"});
}

TEST_CASE("a restarted log service is opened again, once") {
  eventLog = {};
  AlertWriter writer({open, report});
  eventLog.failures = {ERROR_INVALID_HANDLE};
  CHECK(writer.write(warning).has_value());
  CHECK(eventLog.opened == 2);

  eventLog.failures = {RPC_S_SERVER_UNAVAILABLE, RPC_S_SERVER_UNAVAILABLE};
  const auto failed = writer.write(warning);
  REQUIRE_FALSE(failed.has_value());
  CHECK(failed.error().kind == ErrorKind::unavailable);
  CHECK(writer.write(warning).has_value());
}

TEST_CASE("the exe has a full sentence for every id") {
  const UniqueModule exe(LoadLibraryExW(toWide(test::beside("imshealth.exe")).c_str(), nullptr,
                                        LOAD_LIBRARY_AS_DATAFILE));
  REQUIRE(exe);
  const std::vector<std::pair<WORD, EventType>> ids = {
      {100, EventType::information}, {101, EventType::information}, {102, EventType::information},
      {110, EventType::error},       {111, EventType::error},       {200, EventType::warning},
      {201, EventType::information}, {202, EventType::information}, {203, EventType::error},
      {204, EventType::warning},     {205, EventType::error},       {206, EventType::information},
      {300, EventType::warning},     {310, EventType::error},       {320, EventType::error},
      {321, EventType::information}, {322, EventType::warning},     {330, EventType::error},
      {331, EventType::information}, {900, EventType::information}};
  for (const auto& [id, type] : ids) {
    CAPTURE(id);
    wchar_t texts[][4] = {L"<1>", L"<2>", L"<3>", L"<4>", L"<5>"};
    wchar_t* inserts[] = {texts[0], texts[1], texts[2], texts[3], texts[4]};
    wchar_t text[2048] = {};
    const DWORD length = FormatMessageW(FORMAT_MESSAGE_FROM_HMODULE | FORMAT_MESSAGE_ARGUMENT_ARRAY,
                                        exe.get(), fullEventId({id, type, {}}), 0, text, 2048,
                                        reinterpret_cast<va_list*>(inserts));
    CHECK(length > 40);
    CHECK(std::wstring(text).find(L"<1>") != std::wstring::npos);
  }
}
