#include "tests/lab/tools/loadperf.h"

#include "tests/lab/eventlog/store.h"
#include "tests/lab/tools/journal.h"

#include <cstring>

namespace lab {
namespace {

class Key {
 public:
  Key(const std::wstring& path, REGSAM access) {
    if (RegOpenKeyExW(HKEY_LOCAL_MACHINE, path.c_str(), 0, access, &key_) != 0) {
      key_ = nullptr;
    }
  }
  ~Key() {
    if (key_ != nullptr) {
      RegCloseKey(key_);
    }
  }
  Key(const Key&) = delete;
  Key& operator=(const Key&) = delete;
  HKEY get() const { return key_; }

 private:
  HKEY key_ = nullptr;
};

}  // namespace

std::wstring serviceKey(const std::wstring& service) {
  return L"SYSTEM\\CurrentControlSet\\Services\\" + service;
}

std::wstring performanceKey(const std::wstring& service) {
  return serviceKey(service) + L"\\Performance";
}

bool keyExists(const std::wstring& path) {
  return Key(path, KEY_READ).get() != nullptr;
}

std::optional<DWORD> number(const std::wstring& path, const wchar_t* name) {
  const Key key(path, KEY_READ);
  DWORD value = 0;
  DWORD size = sizeof value;
  DWORD type = 0;
  if (key.get() == nullptr ||
      RegQueryValueExW(key.get(), name, nullptr, &type, reinterpret_cast<BYTE*>(&value), &size) !=
          0 ||
      type != REG_DWORD) {
    return std::nullopt;
  }
  return value;
}

std::wstring text(const std::wstring& path, const wchar_t* name) {
  const Key key(path, KEY_READ);
  wchar_t value[1024] = {};
  DWORD size = sizeof value - sizeof(wchar_t);
  if (key.get() == nullptr || RegQueryValueExW(key.get(), name, nullptr, nullptr,
                                               reinterpret_cast<BYTE*>(value), &size) != 0) {
    return {};
  }
  return value;
}

DWORD setNumber(const std::wstring& path, const wchar_t* name, DWORD value) {
  const Key key(path, KEY_WRITE);
  return static_cast<DWORD>(RegSetValueExW(key.get(), name, 0, REG_DWORD,
                                           reinterpret_cast<const BYTE*>(&value), sizeof value));
}

DWORD setText(const std::wstring& path, const wchar_t* name, const std::wstring& value) {
  const Key key(path, KEY_WRITE);
  return static_cast<DWORD>(RegSetValueExW(key.get(), name, 0, REG_SZ,
                                           reinterpret_cast<const BYTE*>(value.c_str()),
                                           static_cast<DWORD>(2 * (value.size() + 1))));
}

void removeValue(const std::wstring& path, const wchar_t* name) {
  RegDeleteValueW(Key(path, KEY_WRITE).get(), name);
}

std::vector<std::wstring> languages() {
  std::vector<std::wstring> all;
  const Key key(perflibKey, KEY_READ);
  wchar_t name[64];
  for (DWORD i = 0;; ++i) {
    DWORD length = 64;
    if (RegEnumKeyExW(key.get(), i, name, &length, nullptr, nullptr, nullptr, nullptr) != 0) {
      return all;
    }
    if (length == 3) {
      all.emplace_back(name, length);
    }
  }
}

void logEvent(std::uint32_t id, const std::wstring& service, std::vector<DWORD> data) {
  std::wstring form = fault(L"loadperf", L"form");
  if (form.empty()) {
    form = sizeof(void*) == 8 ? L"manifest" : L"classic";
  }
  if (form == L"none") {
    return;
  }
  const bool manifest = form == L"manifest";
  const std::uint32_t kind = id / 1000;  // 1 information, 2 warning, 3 error: also the severity
  Event event;
  event.source = manifest ? L"Microsoft-Windows-LoadPerf" : L"LoadPerf";
  event.eventId = manifest ? id : id | (kind << 30);
  event.type = kind == 1   ? EVENTLOG_INFORMATION_TYPE
               : kind == 2 ? EVENTLOG_WARNING_TYPE
                           : EVENTLOG_ERROR_TYPE;
  event.strings = {service};
  if (form != L"one string") {
    const std::wstring display = text(serviceKey(service), L"DisplayName");
    event.strings.push_back(display.empty() ? service : display);
  }
  event.data.resize(4 * data.size());
  if (!data.empty()) {
    std::memcpy(event.data.data(), data.data(), event.data.size());
  }
  event.computer = L"LAB";
  event.processId = GetCurrentProcessId();
  event.threadId = GetCurrentThreadId();
  Store::instance().append(std::move(event));
}

void stage(const wchar_t* tool, const char* name) {
  recordStage(tool, name);
  const std::string at = name;
  if (fault(tool, L"stopAt") == std::wstring(at.begin(), at.end())) {
    Sleep(INFINITE);  // to be killed here
  }
  if (const int slow = faultNumber(tool, L"slow", 0); slow > 0) {
    Sleep(static_cast<DWORD>(slow));
  }
}

}  // namespace lab
