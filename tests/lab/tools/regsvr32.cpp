// regsvr32 as documented: load, find DllRegisterServer, call it; exit 0, or 1 bad command line,
// 3 the library cannot be loaded, 4 no such entry point, 5 it failed. Settings: misbehave,
// exitCode.
#include "tests/lab/tools/journal.h"

#include <windows.h>

#include <cstdio>
#include <string>

namespace {

int registerLibrary(int argc, wchar_t** argv) {
  std::wstring library;
  bool remove = false;
  for (int i = 1; i < argc; ++i) {
    const std::wstring word = argv[i];
    if (word == L"/u" || word == L"/U") {
      remove = true;
    } else if (!word.starts_with(L"/")) {
      library = word;
    }
  }
  if (library.empty()) {
    return 1;
  }
  HMODULE module = LoadLibraryExW(library.c_str(), nullptr, LOAD_WITH_ALTERED_SEARCH_PATH);
  if (module == nullptr) {
    std::printf("The library cannot be loaded, error %lu\n", GetLastError());
    return 3;
  }
  using Register = HRESULT(WINAPI*)();
  const auto entry = reinterpret_cast<Register>(reinterpret_cast<void*>(
      GetProcAddress(module, remove ? "DllUnregisterServer" : "DllRegisterServer")));
  if (entry == nullptr) {
    return 4;
  }
  const HRESULT result = entry();
  FreeLibrary(module);
  return result >= 0 ? 0 : 5;
}

}  // namespace

int wmain(int argc, wchar_t** argv) {
  lab::recordStart(L"regsvr32", argc, argv);
  lab::misbehave(L"regsvr32");
  const int result = registerLibrary(argc, argv);
  const int told = lab::faultNumber(L"regsvr32", L"exitCode", result);
  lab::recordEnd(L"regsvr32", told);
  return told;
}
