#include "tests/lab/eventlog/perf_texts.h"

#include <cwchar>

namespace lab {

std::optional<std::wstring> performanceTextFile(const wchar_t* valueName) {
  const wchar_t* kind = nullptr;
  const wchar_t* language = nullptr;
  if (valueName != nullptr && _wcsnicmp(valueName, L"Counter ", 8) == 0) {
    kind = L"\\perfc";
    language = valueName + 8;
  } else if (valueName != nullptr && _wcsnicmp(valueName, L"Help ", 5) == 0) {
    kind = L"\\perfh";
    language = valueName + 5;
  } else {
    return std::nullopt;
  }
  if (std::wcslen(language) != 3 || std::wcspbrk(language, L"\\/.:") != nullptr) {
    return std::nullopt;
  }
  wchar_t folder[MAX_PATH];
  GetSystemDirectoryW(folder, MAX_PATH);
  return std::wstring(folder) + kind + language + L".dat";
}

LSTATUS readPerformanceText(const std::wstring& file, DWORD* type, BYTE* data, DWORD* size) {
  HANDLE handle = CreateFileW(file.c_str(), GENERIC_READ,
                              FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, nullptr,
                              OPEN_EXISTING, 0, nullptr);
  if (handle == INVALID_HANDLE_VALUE) {
    return static_cast<LSTATUS>(GetLastError());
  }
  const DWORD room = size != nullptr ? *size : 0;
  const DWORD length = GetFileSize(handle, nullptr);
  LSTATUS status = ERROR_SUCCESS;
  if (data != nullptr && room < length) {
    status = ERROR_MORE_DATA;
  } else if (data != nullptr) {
    DWORD read = 0;
    status = ReadFile(handle, data, length, &read, nullptr) ? ERROR_SUCCESS
                                                            : static_cast<LSTATUS>(GetLastError());
  }
  CloseHandle(handle);
  if (type != nullptr) {
    *type = REG_MULTI_SZ;
  }
  if (size != nullptr) {
    *size = length;
  }
  return status;
}

}  // namespace lab
