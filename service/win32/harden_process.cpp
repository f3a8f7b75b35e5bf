#include "service/win32/harden_process.h"

#include "service/win32/dynamic_procs.h"

namespace imshealth {

void hardenProcess() {
  SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX | SEM_NOOPENFILEERRORBOX);

  // 8, or Vista with KB2533623; XP SP1. Before that only absolute paths help, and all of ours are.
  constexpr DWORD searchSystem32 = 0x00000800;  // LOAD_LIBRARY_SEARCH_SYSTEM32
  const HMODULE kernel = GetModuleHandleW(L"kernel32.dll");
  using SetDefaultDllDirectories = BOOL WINAPI(DWORD);
  using SetDllDirectory = BOOL WINAPI(LPCWSTR);
  const auto find = [kernel](const char* name) {
    return reinterpret_cast<void*>(GetProcAddress(kernel, name));
  };
  if (auto* setDirectories =
          reinterpret_cast<SetDefaultDllDirectories*>(find("SetDefaultDllDirectories"))) {
    setDirectories(searchSystem32);
  }
  if (auto* setDirectory = reinterpret_cast<SetDllDirectory*>(find("SetDllDirectoryW"))) {
    setDirectory(L"");
  }
}

}  // namespace imshealth
