// Where the texts of the performance counters live: system32\perfc<lang>.dat and perfh<lang>.dat.
#pragma once

#include <windows.h>

#include <optional>
#include <string>

namespace lab {

// The file behind "Counter 009" or "Help 009"; none for any other value name.
std::optional<std::wstring> performanceTextFile(const wchar_t* valueName);

// RegQueryValueEx's answer for such a value: the whole file as REG_MULTI_SZ.
LSTATUS readPerformanceText(const std::wstring& file, DWORD* type, BYTE* data, DWORD* size);

}  // namespace lab
