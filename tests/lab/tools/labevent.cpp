// labevent: writes, lists and clears events of the lab's log, as other programs of the server do.
#include "tests/lab/eventlog/store.h"
#include "tests/lab/tools/journal.h"

#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

namespace {

using lab::Event;
using lab::Store;

constexpr const char usage[] =
    "labevent perflib [--form classic|manifest|generic] [--source S] [--id N] [--service S]\n"
    "                 [--library L] [--status N] [--data-bytes N] [--count N] [--age SECONDS]\n"
    "labevent report --source S [--id N] [--type N] [--data-word N] [--count N] [STRING...]\n"
    "labevent list [--after N]\n"
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
  if (arguments.options.contains(L"data-word")) {
    event.data = littleEndian(arguments.number(L"data-word", 0), 4);
  }
  return write(std::move(event), arguments.number(L"count", 1), arguments.number(L"age", 0));
}

int list(const Arguments& arguments) {
  const auto range = Store::instance().range();
  const std::uint64_t after = arguments.number(L"after", 0);
  Event event;
  for (std::uint64_t number = std::max(range.oldest, after + 1); number < range.next; ++number) {
    if (!Store::instance().read(number, event)) {
      continue;
    }
    std::string line = "{\"record\":" + std::to_string(event.number) +
                       ",\"source\":" + lab::quoted(event.source) +
                       ",\"id\":" + std::to_string(event.eventId) +
                       ",\"type\":" + std::to_string(event.type) + ",\"strings\":[";
    for (std::size_t i = 0; i < event.strings.size(); ++i) {
      line += (i == 0 ? "" : ",") + lab::quoted(event.strings[i]);
    }
    std::printf("%s]}\n", line.c_str());
  }
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
  if (verb == L"list") {
    return list(arguments);
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
