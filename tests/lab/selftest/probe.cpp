// Hears events through one of the two interfaces and prints a line for each, until it hears the
// event 99 of source LabProbe; then writes an event of its own and ends. Its import of ADVAPI32 is
// patched like the product's.
#include <windows.h>
#include <winevt.h>

#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

namespace {

constexpr DWORD patience = 20000;

bool print(const char* api, DWORD id, const wchar_t* source, const wchar_t* first, DWORD status) {
  std::printf("%s %lu %ls %ls %lu\n", api, id, source, first, status);
  std::fflush(stdout);
  return id == 99;
}

bool printRecord(const BYTE* bytes) {
  EVENTLOGRECORD record;
  std::memcpy(&record, bytes, sizeof record);
  const auto* source = reinterpret_cast<const wchar_t*>(bytes + sizeof record);
  const auto* first = reinterpret_cast<const wchar_t*>(bytes + record.StringOffset);
  DWORD status = 0;
  if (record.DataLength >= 4) {
    std::memcpy(&status, bytes + record.DataOffset, 4);
  }
  return print("classic", record.EventID & 0xFFFF, source, record.NumStrings > 0 ? first : L"-",
               status);
}

int hearClassic() {
  HANDLE log = OpenEventLogW(nullptr, L"Application");
  HANDLE changed = CreateEventW(nullptr, FALSE, TRUE, nullptr);
  if (log == nullptr || !NotifyChangeEventLog(log, changed)) {
    return static_cast<int>(GetLastError());
  }
  std::vector<BYTE> buffer(0x7FFFF);
  for (;;) {
    if (WaitForSingleObject(changed, patience) != WAIT_OBJECT_0) {
      return 98;
    }
    DWORD read = 0;
    DWORD needed = 0;
    while (ReadEventLogW(log, EVENTLOG_SEQUENTIAL_READ | EVENTLOG_FORWARDS_READ, 0, buffer.data(),
                         static_cast<DWORD>(buffer.size()), &read, &needed)) {
      for (DWORD at = 0; at < read;) {
        DWORD length = 0;
        std::memcpy(&length, &buffer[at], 4);
        if (printRecord(&buffer[at])) {
          return 0;
        }
        at += length;
      }
    }
    if (GetLastError() != ERROR_HANDLE_EOF) {
      return static_cast<int>(GetLastError());
    }
  }
}

struct Winevt {
  HMODULE module = LoadLibraryW(L"wevtapi.dll");
  template <class F>
  F* get(const char* name) const {
    return reinterpret_cast<F*>(reinterpret_cast<void*>(GetProcAddress(module, name)));
  }
  decltype(EvtSubscribe)* subscribe = get<decltype(EvtSubscribe)>("EvtSubscribe");
  decltype(EvtNext)* next = get<decltype(EvtNext)>("EvtNext");
  decltype(EvtRender)* render = get<decltype(EvtRender)>("EvtRender");
  decltype(EvtCreateRenderContext)* context =
      get<decltype(EvtCreateRenderContext)>("EvtCreateRenderContext");
  decltype(EvtClose)* close = get<decltype(EvtClose)>("EvtClose");
};

bool printEvent(const Winevt& api, EVT_HANDLE event) {
  std::vector<EVT_VARIANT> system(512);
  std::vector<EVT_VARIANT> user(512);
  DWORD used = 0;
  DWORD count = 0;
  EVT_HANDLE context = api.context(0, nullptr, EvtRenderContextSystem);
  api.render(context, event, EvtRenderEventValues, 8192, system.data(), &used, &count);
  api.close(context);
  context = api.context(0, nullptr, EvtRenderContextUser);
  api.render(context, event, EvtRenderEventValues, 8192, user.data(), &used, &count);
  api.close(context);
  DWORD status = 0;
  for (DWORD i = 0; i < count; ++i) {
    if (user[i].Type == EvtVarTypeBinary) {
      std::memcpy(&status, user[i].BinaryVal, 4);
    } else if (user[i].Type == EvtVarTypeUInt32 && i == 2 && count == 3) {
      status = user[i].UInt32Val;
    }
  }
  return print("winevt", system[EvtSystemEventID].UInt16Val,
               system[EvtSystemProviderName].StringVal, count > 0 ? user[0].StringVal : L"-",
               status);
}

int hearWinevt(const wchar_t* query) {
  const Winevt api;
  HANDLE signal = CreateEventW(nullptr, FALSE, FALSE, nullptr);
  EVT_HANDLE results = api.subscribe(nullptr, signal, L"Application", query, nullptr, nullptr,
                                     nullptr, EvtSubscribeStartAtOldestRecord);
  if (results == nullptr) {
    return static_cast<int>(GetLastError() % 251);
  }
  for (;;) {
    if (WaitForSingleObject(signal, patience) != WAIT_OBJECT_0) {
      return 98;
    }
    EVT_HANDLE events[4];
    DWORD count = 0;
    while (api.next(results, 4, events, 0, 0, &count)) {
      for (DWORD i = 0; i < count; ++i) {
        if (printEvent(api, events[i])) {
          return 0;
        }
        api.close(events[i]);
      }
    }
  }
}

}  // namespace

int wmain(int argc, wchar_t** argv) {
  const std::wstring api = argc > 1 ? argv[1] : L"";
  const int result = api == L"winevt" ? hearWinevt(argc > 2 ? argv[2] : L"*") : hearClassic();
  HANDLE source = RegisterEventSourceW(nullptr, L"LabProbe");
  const wchar_t* text = L"heard";
  ReportEventW(source, EVENTLOG_INFORMATION_TYPE, 0, 100, nullptr, 1, 0, &text, nullptr);
  DeregisterEventSource(source);
  return result;
}
