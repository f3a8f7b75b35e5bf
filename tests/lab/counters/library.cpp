// The counter library of the Exchange look-alike: Open, Collect and Close as Perflib calls them,
// and DllRegisterServer, which writes the Performance key's Library, Open, Collect and Close. It
// serves the service its file name belongs to. What goes wrong is ordered in settings.ini, section
// = the file's name without .dll: open, collect, close, register = hang, crash, stackOverflow,
// exitProcess, endlessOutput or a Win32 code; dllMain = fail or hang. The journal has each load.
#include "tests/lab/eventlog/store.h"
#include "tests/lab/tools/journal.h"

#include <windows.h>
#include <winperf.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <cwchar>
#include <string>

namespace {

HMODULE self;

std::wstring modulePath() {
  wchar_t path[MAX_PATH];
  GetModuleFileNameW(self, path, MAX_PATH);
  return path;
}

std::wstring moduleName() {
  const std::wstring path = modulePath();
  const std::size_t slash = path.find_last_of(L'\\');
  const std::wstring file = path.substr(slash + 1);
  return file.substr(0, file.find_last_of(L'.'));
}

std::wstring performanceKey() {
  static constexpr struct {
    const wchar_t* library;
    const wchar_t* service;
  } services[] = {{L"imsperf", L"MSExchangeIMC"},
                  {L"perfdsa", L"MSExchangeDS"},
                  {L"mdbperf", L"MSExchangeIS"},
                  {L"mtaperf", L"MSExchangeMTA"}};
  const wchar_t* service = L"MSExchangeIMC";
  for (const auto& row : services) {
    if (_wcsicmp(row.library, moduleName().c_str()) == 0) {
      service = row.service;
    }
  }
  return L"SYSTEM\\CurrentControlSet\\Services\\" + std::wstring(service) + L"\\Performance";
}

// Overflows the stack for real; the volatile array keeps the compiler from folding it away.
int recurse(volatile char* above) {
  volatile char frame[4096];
  frame[0] = above == nullptr ? '\1' : above[0];
  return recurse(frame) + frame[0];
}

DWORD misbehave(const wchar_t* procedure) {
  wchar_t order[64];
  GetPrivateProfileStringW(moduleName().c_str(), procedure, L"", order, 64, lab::settingsFile);
  const std::wstring fault = order;
  if (fault == L"hang") {
    Sleep(INFINITE);
  }
  if (fault == L"crash") {
    *static_cast<volatile int*>(nullptr) = 1;
  }
  if (fault == L"stackOverflow") {
    return static_cast<DWORD>(recurse(nullptr));
  }
  if (fault == L"exitProcess") {
    ExitProcess(0);
  }
  if (fault == L"endlessOutput") {
    for (;;) {
      std::puts("{\"result\":\"ok\",\"status\":0}");
    }
  }
  return std::wcstoul(order, nullptr, 0);
}

DWORD queryIndex(HKEY key, const wchar_t* name, DWORD& value) {
  DWORD size = sizeof value;
  return static_cast<DWORD>(
      RegQueryValueExW(key, name, nullptr, nullptr, reinterpret_cast<BYTE*>(&value), &size));
}

DWORD firstCounter = 0;
DWORD firstHelp = 0;

// The documented way: without its index values a library cannot name its counters and gives up
// with what RegQueryValueEx said, 2.
DWORD openCounters() {
  HKEY key = nullptr;
  DWORD error = static_cast<DWORD>(
      RegOpenKeyExW(HKEY_LOCAL_MACHINE, performanceKey().c_str(), 0, KEY_READ, &key));
  if (error != 0) {
    return error;
  }
  error = queryIndex(key, L"First Counter", firstCounter);
  if (error == 0) {
    error = queryIndex(key, L"First Help", firstHelp);
  }
  RegCloseKey(key);
  return error;
}

constexpr DWORD counters = 5;

struct Block {
  PERF_OBJECT_TYPE object;
  PERF_COUNTER_DEFINITION definitions[counters];
  PERF_COUNTER_BLOCK block;
  DWORD values[counters];
};

DWORD collectCounters(void** data, DWORD* bytes, DWORD* objects) {
  constexpr DWORD size = (sizeof(Block) + 7) / 8 * 8;
  if (*bytes < size) {
    *bytes = 0;
    *objects = 0;
    return ERROR_MORE_DATA;
  }
  Block block{};
  block.object.TotalByteLength = size;
  block.object.DefinitionLength = offsetof(Block, block);
  block.object.HeaderLength = sizeof(PERF_OBJECT_TYPE);
  block.object.ObjectNameTitleIndex = firstCounter;
  block.object.ObjectHelpTitleIndex = firstHelp;
  block.object.DetailLevel = PERF_DETAIL_NOVICE;
  block.object.NumCounters = counters;
  block.object.NumInstances = PERF_NO_INSTANCES;
  block.block.ByteLength = sizeof block.block + sizeof block.values;
  for (DWORD i = 0; i < counters; ++i) {
    PERF_COUNTER_DEFINITION& definition = block.definitions[i];
    definition.ByteLength = sizeof definition;
    definition.CounterNameTitleIndex = firstCounter + 2 * (i + 1);
    definition.CounterHelpTitleIndex = firstHelp + 2 * (i + 1);
    definition.DetailLevel = PERF_DETAIL_NOVICE;
    definition.CounterType = PERF_COUNTER_RAWCOUNT;
    definition.CounterSize = sizeof(DWORD);
    definition.CounterOffset = static_cast<DWORD>(sizeof block.block + i * sizeof(DWORD));
    block.values[i] = 10 * (i + 1);
  }
  std::memset(*data, 0, size);
  std::memcpy(*data, &block, sizeof block);
  *data = static_cast<char*>(*data) + size;
  *bytes = size;
  *objects = 1;
  return ERROR_SUCCESS;
}

void putText(HKEY key, const wchar_t* name, const std::wstring& text) {
  RegSetValueExW(key, name, 0, REG_SZ, reinterpret_cast<const BYTE*>(text.c_str()),
                 static_cast<DWORD>(2 * (text.size() + 1)));
}

}  // namespace

extern "C" {

DWORD WINAPI LabOpen(LPWSTR) {
  const DWORD error = misbehave(L"open");
  return error != 0 ? error : openCounters();
}

DWORD WINAPI LabCollect(LPWSTR, LPVOID* data, LPDWORD bytes, LPDWORD objects) {
  const DWORD error = misbehave(L"collect");
  return error != 0 ? error : collectCounters(data, bytes, objects);
}

DWORD WINAPI LabClose() {
  return misbehave(L"close");
}

HRESULT WINAPI LabRegisterServer() {
  if (misbehave(L"register") != 0) {
    return E_FAIL;
  }
  HKEY key = nullptr;
  if (RegCreateKeyExW(HKEY_LOCAL_MACHINE, performanceKey().c_str(), 0, nullptr, 0, KEY_WRITE,
                      nullptr, &key, nullptr) != 0) {
    return E_ACCESSDENIED;
  }
  putText(key, L"Library", modulePath());
  putText(key, L"Open", L"OpenImcPerformanceData");
  putText(key, L"Collect", L"CollectImcPerformanceData");
  putText(key, L"Close", L"CloseImcPerformanceData");
  RegCloseKey(key);
  return S_OK;
}
}

BOOL WINAPI DllMain(HINSTANCE module, DWORD reason, LPVOID) {
  if (reason != DLL_PROCESS_ATTACH) {
    return TRUE;
  }
  self = module;
  lab::recordLoad(modulePath().c_str());
  wchar_t order[16];
  GetPrivateProfileStringW(moduleName().c_str(), L"dllMain", L"", order, 16, lab::settingsFile);
  if (std::wcscmp(order, L"hang") == 0) {
    Sleep(INFINITE);
  }
  return std::wcscmp(order, L"fail") != 0;
}
