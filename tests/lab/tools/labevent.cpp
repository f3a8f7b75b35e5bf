// labevent: writes, saves and clears events of the lab's log, as other programs of the server do.
#include "tests/lab/eventlog/saved_log.h"
#include "tests/lab/eventlog/store.h"

#include <cstdio>
#include <cstdlib>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace {

using lab::Event;
using lab::Store;

constexpr const char usage[] =
    "labevent perflib [--form classic|manifest|generic] [--source S] [--id N] [--service S]\n"
    "                 [--library L] [--status N] [--data-bytes N] [--count N] [--age SECONDS]\n"
    "labevent report --source S [--id N] [--type N] [--count N] [STRING...]\n"
    "labevent flood [--failures N] [--others N] [--services A,B] [--seed N] [--burst N]\n"
    "               [--pause MS]   failures (1008) of these services among other events, in a\n"
    "               random order; a burst reaches its readers as a whole; prints the numbers\n"
    "labevent save FILE [--dirty 1]   the log as an .evtx that the lab's wevtapi can query\n"
    "labevent clear | wake\n";

struct Arguments {
  std::map<std::wstring, std::wstring> options;
  std::vector<std::wstring> strings;

  std::wstring text(const wchar_t* name, const wchar_t* otherwise) const {
    const auto found = options.find(name);
    return found == options.end() ? otherwise : found->second;
  }
  std::uint32_t number(const wchar_t* name, std::uint32_t otherwise) const {
    const auto found = options.find(name);
    return found == options.end()
               ? otherwise
               : static_cast<std::uint32_t>(std::wcstoul(found->second.c_str(), nullptr, 0));
  }
};

Arguments parse(int argc, wchar_t** argv) {
  Arguments arguments;
  for (int i = 2; i < argc; ++i) {
    const std::wstring word = argv[i];
    if (word.starts_with(L"--") && i + 1 < argc) {
      arguments.options[word.substr(2)] = argv[++i];
    } else {
      arguments.strings.push_back(word);
    }
  }
  return arguments;
}

std::vector<std::uint8_t> littleEndian(std::uint32_t value, std::size_t size) {
  std::vector<std::uint8_t> bytes(size);
  for (std::size_t i = 0; i < size && i < 4; ++i) {
    bytes[i] = static_cast<std::uint8_t>(value >> (8 * i));
  }
  return bytes;
}

int write(Event event, std::uint32_t count, std::uint32_t age) {
  if (age != 0) {
    FILETIME now;
    GetSystemTimeAsFileTime(&now);
    event.fileTime = ((static_cast<std::uint64_t>(now.dwHighDateTime) << 32) | now.dwLowDateTime) -
                     age * 10000000ULL;
    event.timeGenerated =
        static_cast<std::uint32_t>((event.fileTime - 116444736000000000ULL) / 10000000ULL);
    event.timeWritten = event.timeGenerated;
  }
  event.computer = L"LAB";
  event.processId = GetCurrentProcessId();
  event.threadId = GetCurrentThreadId();
  for (std::uint32_t i = 0; i < count; ++i) {
    if (const DWORD error = Store::instance().append(event)) {
      return static_cast<int>(error);
    }
  }
  return 0;
}

int perflib(const Arguments& arguments) {
  Event event;
  const std::wstring form = arguments.text(L"form", L"classic");
  const bool manifest = form == L"manifest";
  const std::uint32_t status = arguments.number(L"status", 2);
  event.form = manifest             ? lab::Form::manifest
               : form == L"generic" ? lab::Form::generic
                                    : lab::Form::perflibClassic;
  event.source = arguments.text(L"source", manifest ? L"Microsoft-Windows-Perflib" : L"Perflib");
  event.eventId = arguments.number(L"id", 1008) | (manifest ? 0 : 0xC0000000u);
  event.type = manifest ? EVENTLOG_WARNING_TYPE : EVENTLOG_ERROR_TYPE;
  event.strings = {arguments.text(L"service", L"MSExchangeIMC"),
                   arguments.text(L"library", L"C:\\exchsrvr\\bin\\imsperf.dll")};
  if (manifest) {
    event.strings.push_back(std::to_wstring(status));
  } else {
    event.data = littleEndian(status, arguments.number(L"data-bytes", 8));
  }
  return write(std::move(event), arguments.number(L"count", 1), arguments.number(L"age", 0));
}

int report(const Arguments& arguments) {
  Event event;
  event.source = arguments.text(L"source", L"Lab");
  event.eventId = arguments.number(L"id", 1);
  event.type = static_cast<std::uint16_t>(arguments.number(L"type", EVENTLOG_INFORMATION_TYPE));
  event.strings = arguments.strings;
  return write(std::move(event), arguments.number(L"count", 1), arguments.number(L"age", 0));
}

Event failureOf(const std::wstring& service) {
  Event event;
  event.form = lab::Form::perflibClassic;
  event.source = L"Perflib";
  event.eventId = 0xC00003F0u;
  event.type = EVENTLOG_ERROR_TYPE;
  event.strings = {service, L"C:\\exchsrvr\\bin\\imsperf.dll"};
  event.data = littleEndian(1003, 8);
  return event;
}

// What else a busy server logs; some of it looks like a failure of a watched service and is none.
std::vector<Event> otherEvents() {
  std::vector<Event> others(5);
  for (Event& event : others) {
    event.source = L"MSExchangeMTA";
    event.eventId = 0x40000000u | 9000;
    event.type = EVENTLOG_INFORMATION_TYPE;
    event.strings = {L"A message was delivered", L"cn=LAB/cn=Recipients/cn=SOMEBODY"};
  }
  others[1].eventId = 0xC0000000u | 1008;
  others[1].strings = {L"MSExchangeIMC", L"C:\\exchsrvr\\bin\\imsperf.dll"};
  others[2] = failureOf(L"SomebodyElse");
  others[3] = failureOf(L"MSExchangeIMCX");
  others[4].source = L"LoadPerf";
  others[4].eventId = 0x40000000u | 1000;
  others[4].strings = {L"SomebodyElse", L"SomebodyElse"};
  return others;
}

std::vector<std::wstring> splitAtCommas(const std::wstring& text) {
  std::vector<std::wstring> words(1);
  for (const wchar_t c : text) {
    if (c == L',') {
      words.emplace_back();
    } else {
      words.back() += c;
    }
  }
  return words;
}

int flood(const Arguments& arguments) {
  std::vector<Event> failures;
  for (const std::wstring& service : splitAtCommas(arguments.text(L"services", L"MSExchangeIMC"))) {
    failures.push_back(failureOf(service));
  }
  std::vector<Event> others = otherEvents();
  for (std::vector<Event>* kind : {&failures, &others}) {
    for (Event& event : *kind) {
      event.computer = L"LAB";
    }
  }
  std::uint32_t failuresLeft = arguments.number(L"failures", 0);
  std::uint32_t left = failuresLeft + arguments.number(L"others", 0);
  const std::uint32_t burst = arguments.number(L"burst", 64);
  const std::uint32_t pause = arguments.number(L"pause", 0);
  std::mt19937 random(arguments.number(L"seed", 1));
  Store& store = Store::instance();
  const std::uint64_t first = store.range().next;
  std::size_t turn = 0;
  while (left > 0) {
    {
      lab::StoreLock whole(store);
      for (std::uint32_t i = 0; i < burst && left > 0; ++i, --left) {
        const bool isFailure = random() % left < failuresLeft;
        const Event& event = isFailure ? failures[turn++ % failures.size()]
                                       : others[random() % 64 < 4 ? 1 + random() % 4 : 0];
        failuresLeft -= isFailure ? 1 : 0;
        if (const DWORD error = store.append(event, false)) {
          return static_cast<int>(error);
        }
      }
    }
    store.wakeListeners();
    if (pause != 0) {
      Sleep(pause);
    }
  }
  std::printf("{\"first\":%llu,\"last\":%llu}\n", first, store.range().next - 1);
  return 0;
}

}  // namespace

int wmain(int argc, wchar_t** argv) {
  const std::wstring verb = argc > 1 ? argv[1] : L"";
  const Arguments arguments = parse(argc, argv);
  if (verb == L"perflib") {
    return perflib(arguments);
  }
  if (verb == L"report") {
    return report(arguments);
  }
  if (verb == L"flood") {
    return flood(arguments);
  }
  if (verb == L"save" && arguments.strings.size() == 1) {
    return static_cast<int>(
        lab::saveLog(arguments.strings.front(), arguments.number(L"dirty", 0) == 0));
  }
  if (verb == L"clear") {
    Store::instance().clear();
    Store::instance().wakeListeners();
    return 0;
  }
  if (verb == L"wake") {
    Store::instance().wakeListeners();
    return 0;
  }
  std::fputs(usage, stderr);
  return 2;
}
