// unlodctr: removes a service's index range and its texts from every language. Like the real one it
// believes the range in the service's key, so a wrong range costs other services their texts.
// settings.ini [unlodctr]: misbehave; slow = ms at each stage; stopAt = stage; nothing = 1;
// fail = code; exitCode = what to end with whatever happened.
#include "tests/lab/tools/counter_texts.h"
#include "tests/lab/tools/journal.h"
#include "tests/lab/tools/loadperf.h"

#include <windows.h>

#include <cstdio>
#include <string>

namespace {

constexpr const wchar_t tool[] = L"unlodctr";

struct Range {
  DWORD firstCounter;
  DWORD lastCounter;
  DWORD firstHelp;
  DWORD lastHelp;
};

DWORD failed(const std::wstring& service, DWORD error) {
  lab::logEvent(3011, service, {error});
  std::printf("The counters were not removed, error %lu\n", error);
  return error;
}

DWORD removeTexts(const Range& range) {
  for (const std::wstring& language : lab::languages()) {
    for (const wchar_t kind : {L'c', L'h'}) {
      lab::Texts texts;
      if (const DWORD error = lab::readTexts(kind, language, texts)) {
        return error;
      }
      const DWORD first = kind == L'c' ? range.firstCounter : range.firstHelp;
      const DWORD last = kind == L'c' ? range.lastCounter : range.lastHelp;
      texts.erase(texts.lower_bound(first), texts.upper_bound(last));
      if (const DWORD error = lab::writeTexts(kind, language, texts)) {
        return error;
      }
      lab::stage(tool, kind == L'c' ? "names" : "texts");
    }
  }
  return 0;
}

// Lowers a total only where the removed range was the last one.
void lowerTotals(const Range& range) {
  if (lab::number(lab::perflibKey, L"Last Counter") == range.lastCounter) {
    lab::setNumber(lab::perflibKey, L"Last Counter", range.firstCounter - 2);
  }
  if (lab::number(lab::perflibKey, L"Last Help") == range.lastHelp) {
    lab::setNumber(lab::perflibKey, L"Last Help", range.firstHelp - 2);
  }
}

DWORD unload(const std::wstring& service) {
  const std::wstring key = lab::performanceKey(service);
  if (!lab::keyExists(key)) {
    lab::logEvent(3003, service, {ERROR_FILE_NOT_FOUND});
    return failed(service, ERROR_FILE_NOT_FOUND);
  }
  const auto firstCounter = lab::number(key, L"First Counter");
  const auto lastCounter = lab::number(key, L"Last Counter");
  const auto firstHelp = lab::number(key, L"First Help");
  const auto lastHelp = lab::number(key, L"Last Help");
  if (!firstCounter || !lastCounter || !firstHelp || !lastHelp) {
    lab::logEvent(1002, service, {});
    std::printf("No counters of %ls are installed\n", service.c_str());
    return 0;
  }
  if (lab::faultNumber(tool, L"nothing", 0) != 0) {
    return 0;
  }
  if (const int error = lab::faultNumber(tool, L"fail", 0)) {
    return failed(service, static_cast<DWORD>(error));
  }
  const Range range{*firstCounter, *lastCounter, *firstHelp, *lastHelp};
  if (const DWORD error = removeTexts(range)) {
    return failed(service, error);
  }
  lowerTotals(range);
  lab::stage(tool, "totals");
  for (const wchar_t* name :
       {L"First Counter", L"Last Counter", L"First Help", L"Last Help", L"Object List"}) {
    lab::removeValue(key, name);
  }
  lab::stage(tool, "range");
  lab::logEvent(1001, service,
                {lab::number(lab::perflibKey, L"Last Counter").value_or(0),
                 lab::number(lab::perflibKey, L"Last Help").value_or(0)});
  std::printf("The counters of %ls are removed\n", service.c_str());
  return 0;
}

}  // namespace

int wmain(int argc, wchar_t** argv) {
  lab::recordStart(tool, argc, argv);
  lab::misbehave(tool);
  DWORD result = 0;
  if (argc == 2) {
    result = unload(argv[1]);
  } else {
    std::puts("unlodctr SERVICE");
  }
  const int told = lab::faultNumber(tool, L"exitCode", static_cast<int>(result));
  lab::recordEnd(tool, told);
  return told;
}
