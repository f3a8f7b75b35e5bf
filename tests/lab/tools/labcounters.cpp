// labcounters: everything the counters are made of in the registry, as one JSON document: Perflib
// and every service's Performance key, each value with its type and bytes.
#include "tests/lab/tools/journal.h"
#include "tests/lab/tools/loadperf.h"

#include <windows.h>

#include <cstdio>
#include <string>
#include <vector>

namespace {

std::string values(HKEY key) {
  std::string out = "{";
  for (DWORD i = 0;; ++i) {
    wchar_t name[256];
    DWORD nameLength = 256;
    DWORD type = 0;
    std::vector<BYTE> data(65536);
    DWORD size = 65536;
    if (RegEnumValueW(key, i, name, &nameLength, nullptr, &type, data.data(), &size) != 0) {
      return out + "}";
    }
    out += (i == 0 ? "" : ",") + lab::quoted(name) + ":[" + std::to_string(type) + ",\"";
    for (DWORD at = 0; at < size; ++at) {
      char hex[3];
      std::snprintf(hex, sizeof hex, "%02x", data[at]);
      out += hex;
    }
    out += "\"]";
  }
}

std::string keyValues(const std::wstring& path) {
  HKEY key = nullptr;
  if (RegOpenKeyExW(HKEY_LOCAL_MACHINE, path.c_str(), 0, KEY_READ, &key) != 0) {
    return "null";
  }
  const std::string out = values(key);
  RegCloseKey(key);
  return out;
}

}  // namespace

int wmain() {
  std::string out = "{\"perflib\":" + keyValues(lab::perflibKey) + ",\"services\":{";
  HKEY services = nullptr;
  RegOpenKeyExW(HKEY_LOCAL_MACHINE, L"SYSTEM\\CurrentControlSet\\Services", 0, KEY_READ, &services);
  bool first = true;
  for (DWORD i = 0;; ++i) {
    wchar_t name[256];
    DWORD length = 256;
    if (RegEnumKeyExW(services, i, name, &length, nullptr, nullptr, nullptr, nullptr) != 0) {
      break;
    }
    const std::string performance = keyValues(lab::performanceKey(name));
    if (performance != "null") {
      out += (first ? "" : ",") + lab::quoted(name) + ":" + performance;
      first = false;
    }
  }
  std::printf("%s}}\n", out.c_str());
  return 0;
}
