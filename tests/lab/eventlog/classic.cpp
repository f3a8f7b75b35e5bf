// LABADV32.dll: the classic event-log functions over the lab's store, as their documentation has
// them. Every other name of ADVAPI32 is forwarded there (classic.def.in).
#include "tests/lab/eventlog/listeners.h"
#include "tests/lab/eventlog/perf_texts.h"
#include "tests/lab/eventlog/store.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <set>

using lab::Api;
using lab::Event;
using lab::Store;

namespace {

constexpr DWORD maxReadBuffer = 0x7FFFF;
constexpr std::size_t maxStringLength = 31839;

struct Log {
  Store::Stamp opened;
  std::uint64_t position = 0;  // the record a forward read gives next; 0: not yet moved
  unsigned listening = 0;
};

struct Source {
  Store::Stamp opened;
  std::wstring name;
};

// The handles given out, so that a stale or foreign one is told from a good one.
template <class T>
class Handles {
 public:
  Handles() { InitializeCriticalSection(&lock_); }

  HANDLE give(std::unique_ptr<T> object) {
    Guard guard(lock_);
    T* raw = object.release();
    all_.insert(raw);
    return raw;
  }
  T* find(HANDLE handle) {
    Guard guard(lock_);
    const auto found = all_.find(static_cast<T*>(handle));
    return found == all_.end() ? nullptr : *found;
  }
  std::unique_ptr<T> take(HANDLE handle) {
    Guard guard(lock_);
    const auto found = all_.find(static_cast<T*>(handle));
    if (found == all_.end()) {
      return nullptr;
    }
    std::unique_ptr<T> object(*found);
    all_.erase(found);
    return object;
  }

 private:
  struct Guard {
    explicit Guard(CRITICAL_SECTION& section) : lock(section) { EnterCriticalSection(&lock); }
    ~Guard() { LeaveCriticalSection(&lock); }
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;
    CRITICAL_SECTION& lock;
  };
  CRITICAL_SECTION lock_;
  std::set<T*> all_;
};

Handles<Log>& logs() {
  static auto* all = new Handles<Log>;
  return *all;
}

Handles<Source>& sources() {
  static auto* all = new Handles<Source>;
  return *all;
}

BOOL answer(DWORD error) {
  if (error != 0) {
    SetLastError(error);
  }
  return error == 0;
}

std::wstring computerName() {
  wchar_t name[MAX_COMPUTERNAME_LENGTH + 1];
  DWORD length = MAX_COMPUTERNAME_LENGTH + 1;
  return GetComputerNameW(name, &length) ? std::wstring(name, length) : L"LAB";
}

// The EVENTLOGRECORD that a reader sees.
std::vector<std::uint8_t> toRecord(const Event& event) {
  std::vector<std::uint8_t> bytes(sizeof(EVENTLOGRECORD));
  const auto putText = [&bytes](const std::wstring& text) {
    const auto* from = reinterpret_cast<const std::uint8_t*>(text.c_str());
    bytes.insert(bytes.end(), from, from + 2 * (std::wcslen(text.c_str()) + 1));
  };
  const auto pad = [&bytes] { bytes.resize((bytes.size() + 3) / 4 * 4); };

  EVENTLOGRECORD head{};
  head.Reserved = 0x654C664C;
  head.RecordNumber = static_cast<DWORD>(event.number);
  head.TimeGenerated = event.timeGenerated;
  head.TimeWritten = event.timeWritten;
  head.EventID = event.eventId;
  head.EventType = event.type;
  head.EventCategory = event.category;
  head.NumStrings = static_cast<WORD>(event.strings.size());
  putText(event.source);
  putText(event.computer);
  pad();
  head.UserSidLength = static_cast<DWORD>(event.sid.size());
  head.UserSidOffset = static_cast<DWORD>(bytes.size());
  bytes.insert(bytes.end(), event.sid.begin(), event.sid.end());
  head.StringOffset = static_cast<DWORD>(bytes.size());
  for (const std::wstring& text : event.strings) {
    putText(text);
  }
  head.DataLength = static_cast<DWORD>(event.data.size());
  head.DataOffset = static_cast<DWORD>(bytes.size());
  bytes.insert(bytes.end(), event.data.begin(), event.data.end());
  pad();
  head.Length = static_cast<DWORD>(bytes.size() + 4);
  std::memcpy(bytes.data(), &head, sizeof head);
  const auto* length = reinterpret_cast<const std::uint8_t*>(&head.Length);
  bytes.insert(bytes.end(), length, length + 4);
  return bytes;
}

DWORD readRecords(Log& log, DWORD flags, DWORD offset, std::uint8_t* buffer, DWORD size,
                  DWORD* bytesRead, DWORD* needed) {
  Store& store = Store::instance();
  const DWORD access = flags & (EVENTLOG_SEQUENTIAL_READ | EVENTLOG_SEEK_READ);
  const DWORD direction = flags & (EVENTLOG_FORWARDS_READ | EVENTLOG_BACKWARDS_READ);
  if (access == 0 || access == (EVENTLOG_SEQUENTIAL_READ | EVENTLOG_SEEK_READ) || direction == 0 ||
      direction == (EVENTLOG_FORWARDS_READ | EVENTLOG_BACKWARDS_READ) || buffer == nullptr ||
      bytesRead == nullptr || needed == nullptr || size > maxReadBuffer) {
    return ERROR_INVALID_PARAMETER;
  }
  *bytesRead = 0;
  if (const DWORD error = store.admit(Api::readEventLog, log.opened)) {
    return error;
  }
  lab::StoreLock guard(store);
  if (store.stamp().epoch != log.opened.epoch) {
    return ERROR_EVENTLOG_FILE_CHANGED;
  }
  const auto [oldest, next] = store.range();
  const bool forward = direction == EVENTLOG_FORWARDS_READ;
  if (access == EVENTLOG_SEEK_READ) {
    // Record numbers are 32 bits wide for this interface and wrap.
    const std::uint64_t number = oldest + static_cast<DWORD>(offset - static_cast<DWORD>(oldest));
    if (number > next || (number == next && !forward)) {
      return ERROR_INVALID_PARAMETER;
    }
    log.position = forward ? number : number + 1;
  } else if (log.position == 0) {
    log.position = forward ? oldest : next;
  }
  if (forward && log.position < oldest) {
    return ERROR_EVENTLOG_FILE_CHANGED;  // what came next has been overwritten
  }
  Event event;
  for (;;) {
    const std::uint64_t number = forward ? log.position : log.position - 1;
    if (!store.read(number, event)) {
      return *bytesRead != 0 ? 0 : ERROR_HANDLE_EOF;
    }
    const std::vector<std::uint8_t> record = toRecord(event);
    if (record.size() > size - *bytesRead) {
      if (*bytesRead != 0) {
        return 0;
      }
      *needed = static_cast<DWORD>(record.size());
      return ERROR_INSUFFICIENT_BUFFER;
    }
    std::memcpy(buffer + *bytesRead, record.data(), record.size());
    *bytesRead += static_cast<DWORD>(record.size());
    log.position = forward ? log.position + 1 : log.position - 1;
  }
}

// At most one notification in each interval, where a test has set one; what happens in between is
// not made up for later.
DWORD notify(Log& log, HANDLE event) {
  Store& store = Store::instance();
  if (const DWORD error = store.admit(Api::notifyChange, log.opened)) {
    return error;
  }
  if (log.listening != 0) {
    lab::stopListening(log.listening);
  }
  const DWORD generation = log.opened.generation;
  DWORD last = 0;
  bool notified = false;
  log.listening = lab::listen([event, generation, last, notified]() mutable {
    const lab::StoreHeader& settings = Store::instance().header();
    const DWORD now = GetTickCount();
    if (settings.generation != generation || settings.serviceError != 0 ||
        (notified && now - last < settings.notifyInterval)) {
      return;
    }
    notified = true;
    last = now;
    settings.notifyPulse != 0 ? PulseEvent(event) : SetEvent(event);
  });
  return 0;
}

DWORD report(const Source& source, WORD type, WORD category, DWORD id, PSID sid,
             std::vector<std::wstring> strings, const void* data, DWORD dataSize) {
  for (const std::wstring& text : strings) {
    if (text.size() > maxStringLength) {
      return RPC_X_BAD_STUB_DATA;
    }
  }
  Event event;
  event.eventId = id;
  event.type = type;
  event.category = category;
  event.processId = GetCurrentProcessId();
  event.threadId = GetCurrentThreadId();
  event.source = source.name;
  event.computer = computerName();
  event.strings = std::move(strings);
  if (sid != nullptr) {
    const auto* bytes = static_cast<const std::uint8_t*>(sid);
    event.sid.assign(bytes, bytes + 8 + 4 * bytes[1]);
  }
  if (data != nullptr) {
    const auto* bytes = static_cast<const std::uint8_t*>(data);
    event.data.assign(bytes, bytes + dataSize);
  }
  return Store::instance().append(std::move(event));
}

}  // namespace

extern "C" {

HANDLE WINAPI LabOpenEventLogW(const wchar_t* server, const wchar_t*) {
  Store& store = Store::instance();
  const bool local = server == nullptr || *server == 0;
  if (const DWORD error = local ? store.admit(Api::openEventLog) : RPC_S_SERVER_UNAVAILABLE) {
    SetLastError(error);
    return nullptr;
  }
  auto log = std::make_unique<Log>();
  log->opened = store.stamp();
  return logs().give(std::move(log));
}

BOOL WINAPI LabCloseEventLog(HANDLE handle) {
  const std::unique_ptr<Log> log = logs().take(handle);
  if (log == nullptr) {
    return answer(ERROR_INVALID_HANDLE);
  }
  if (log->listening != 0) {
    lab::stopListening(log->listening);
  }
  return TRUE;
}

BOOL WINAPI LabReadEventLogW(HANDLE handle, DWORD flags, DWORD offset, void* buffer, DWORD size,
                             DWORD* bytesRead, DWORD* needed) {
  Log* log = logs().find(handle);
  return answer(log == nullptr
                    ? ERROR_INVALID_HANDLE
                    : readRecords(*log, flags, offset, static_cast<std::uint8_t*>(buffer), size,
                                  bytesRead, needed));
}

BOOL WINAPI LabNotifyChangeEventLog(HANDLE handle, HANDLE event) {
  Log* log = logs().find(handle);
  return answer(log == nullptr ? ERROR_INVALID_HANDLE : notify(*log, event));
}

BOOL WINAPI LabGetNumberOfEventLogRecords(HANDLE handle, DWORD* number) {
  const Log* log = logs().find(handle);
  const DWORD error =
      log == nullptr ? ERROR_INVALID_HANDLE : Store::instance().admit(Api::getCount, log->opened);
  if (error == 0) {
    const auto [oldest, next] = Store::instance().range();
    *number = static_cast<DWORD>(next - oldest);
  }
  return answer(error);
}

BOOL WINAPI LabGetOldestEventLogRecord(HANDLE handle, DWORD* number) {
  const Log* log = logs().find(handle);
  const DWORD error =
      log == nullptr ? ERROR_INVALID_HANDLE : Store::instance().admit(Api::getOldest, log->opened);
  if (error == 0) {
    const auto [oldest, next] = Store::instance().range();
    *number = oldest == next ? 0 : static_cast<DWORD>(oldest);
  }
  return answer(error);
}

HANDLE WINAPI LabRegisterEventSourceW(const wchar_t* server, const wchar_t* name) {
  Store& store = Store::instance();
  const bool local = server == nullptr || *server == 0;
  const bool named = name != nullptr && *name != 0;
  if (const DWORD error = local && named ? store.admit(Api::none) : ERROR_INVALID_PARAMETER) {
    SetLastError(error);
    return nullptr;
  }
  auto source = std::make_unique<Source>();
  source->opened = store.stamp();
  source->name = name;
  return sources().give(std::move(source));
}

BOOL WINAPI LabDeregisterEventSource(HANDLE handle) {
  return answer(sources().take(handle) == nullptr ? ERROR_INVALID_HANDLE : 0);
}

BOOL WINAPI LabReportEventW(HANDLE handle, WORD type, WORD category, DWORD id, PSID sid, WORD count,
                            DWORD dataSize, const wchar_t** strings, void* data) {
  const Source* source = sources().find(handle);
  if (source == nullptr) {
    return answer(ERROR_INVALID_HANDLE);
  }
  if (const DWORD error = Store::instance().admit(Api::reportEvent, source->opened)) {
    return answer(error);
  }
  std::vector<std::wstring> texts;
  for (WORD i = 0; i < count; ++i) {
    texts.emplace_back(strings[i] == nullptr ? L"" : strings[i]);
  }
  return answer(report(*source, type, category, id, sid, std::move(texts), data, dataSize));
}

// Only the texts of the counters are the lab's; every other registry value is Wine's.
LSTATUS WINAPI LabRegQueryValueExW(HKEY key, const wchar_t* name, DWORD* reserved, DWORD* type,
                                   BYTE* data, DWORD* size) {
  if (key == HKEY_PERFORMANCE_DATA) {
    if (const auto file = lab::performanceTextFile(name)) {
      return lab::readPerformanceText(*file, type, data, size);
    }
  }
  return RegQueryValueExW(key, name, reserved, type, data, size);
}
}
