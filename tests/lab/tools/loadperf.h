// What lodctr and unlodctr share: the registry's counter values and LoadPerf's events.
#pragma once

#include <windows.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace lab {

inline constexpr wchar_t perflibKey[] = L"SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Perflib";

std::wstring serviceKey(const std::wstring& service);
std::wstring performanceKey(const std::wstring& service);

bool keyExists(const std::wstring& path);
std::optional<DWORD> number(const std::wstring& path, const wchar_t* name);
std::wstring text(const std::wstring& path, const wchar_t* name);
DWORD setNumber(const std::wstring& path, const wchar_t* name, DWORD value);
DWORD setText(const std::wstring& path, const wchar_t* name, const std::wstring& value);
void removeValue(const std::wstring& path, const wchar_t* name);
// The language subkeys of Perflib: "009", ...
std::vector<std::wstring> languages();

// An event of source LoadPerf. settings.ini [loadperf] form = manifest (Vista and later),
// classic (XP, 2003), one string (2000) or none (NT 4 has no such source).
void logEvent(std::uint32_t id, const std::wstring& service, std::vector<DWORD> data);

// Marks a stage in the journal, and waits there if settings.ini has slow = ms for this tool;
// for ever where it has stopAt = this stage.
void stage(const wchar_t* tool, const char* name);

}  // namespace lab
