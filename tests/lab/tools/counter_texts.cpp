#include "tests/lab/tools/counter_texts.h"

#include <vector>

namespace lab {
namespace {

std::wstring path(wchar_t kind, const std::wstring& language, const wchar_t* ending) {
  wchar_t folder[MAX_PATH];
  GetSystemDirectoryW(folder, MAX_PATH);
  return std::wstring(folder) + L"\\perf" + kind + language + ending;
}

DWORD openError() {
  const DWORD error = GetLastError();
  return error == ERROR_SHARING_VIOLATION ? error : ERROR_DISK_FULL;
}

bool isNumber(const std::wstring& text) {
  return !text.empty() && text.find_first_not_of(L"0123456789") == std::wstring::npos;
}

}  // namespace

DWORD readTexts(wchar_t kind, const std::wstring& language, Texts& texts) {
  HANDLE file = CreateFileW(path(kind, language, L".dat").c_str(), GENERIC_READ, FILE_SHARE_READ,
                            nullptr, OPEN_EXISTING, 0, nullptr);
  if (file == INVALID_HANDLE_VALUE) {
    return openError();
  }
  const DWORD size = GetFileSize(file, nullptr);
  std::wstring all(size / 2, L'\0');
  DWORD read = 0;
  ReadFile(file, all.data(), size / 2 * 2, &read, nullptr);
  CloseHandle(file);
  if (size < 4 || size % 2 != 0) {
    return ERROR_DISK_FULL;
  }
  std::vector<std::wstring> words;
  for (std::size_t at = 0; at < all.size() && all[at] != L'\0';) {
    const std::size_t end = all.find(L'\0', at);
    words.push_back(all.substr(at, end - at));
    at = end == std::wstring::npos ? all.size() : end + 1;
  }
  if (words.size() % 2 != 0) {
    return ERROR_BADKEY;
  }
  for (std::size_t i = 0; i < words.size(); i += 2) {
    if (!isNumber(words[i])) {
      return ERROR_BADKEY;
    }
    texts[static_cast<std::uint32_t>(std::stoul(words[i]))] = words[i + 1];
  }
  return 0;
}

DWORD writeTexts(wchar_t kind, const std::wstring& language, const Texts& texts) {
  const std::wstring target = path(kind, language, L".dat");
  const DWORD attributes = GetFileAttributesW(target.c_str());
  if (attributes != INVALID_FILE_ATTRIBUTES && (attributes & FILE_ATTRIBUTE_READONLY) != 0) {
    return ERROR_ALREADY_EXISTS;
  }
  if (!MoveFileExW(target.c_str(), path(kind, language, L".bak").c_str(),
                   MOVEFILE_REPLACE_EXISTING)) {
    return GetLastError() == ERROR_SHARING_VIOLATION ? ERROR_SHARING_VIOLATION
                                                     : ERROR_ALREADY_EXISTS;
  }
  std::wstring all;
  for (const auto& [index, text] : texts) {
    all += std::to_wstring(index) + L'\0' + text + L'\0';
  }
  all += L'\0';
  HANDLE file = CreateFileW(target.c_str(), GENERIC_WRITE, 0, nullptr, CREATE_ALWAYS, 0, nullptr);
  if (file == INVALID_HANDLE_VALUE) {
    return openError();
  }
  DWORD written = 0;
  WriteFile(file, all.data(), static_cast<DWORD>(2 * all.size()), &written, nullptr);
  CloseHandle(file);
  return 0;
}

}  // namespace lab
