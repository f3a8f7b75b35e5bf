#include "service/win32/dynamic_procs.h"

#include <string>

namespace imshealth {

HMODULE systemModule(const wchar_t* fileName) {
  wchar_t directory[MAX_PATH];
  const UINT length = GetSystemDirectoryW(directory, MAX_PATH);
  if (length == 0 || length >= MAX_PATH) {
    return nullptr;
  }
  // Loaded already: the count goes up, the same module comes back. Kept until the process ends.
  return LoadLibraryW((std::wstring(directory, length) + L"\\" + fileName).c_str());
}

FARPROC systemProc(const wchar_t* fileName, const char* name) {
  const HMODULE module = systemModule(fileName);
  return module != nullptr ? GetProcAddress(module, name) : nullptr;
}

}  // namespace imshealth
