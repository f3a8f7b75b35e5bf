// A counter library with every fault the open probe has to survive: one procedure for each.
#include <windows.h>

#include <cstdlib>

extern "C" {

DWORD APIENTRY OpenWell(LPWSTR) {
  return ERROR_SUCCESS;
}
DWORD APIENTRY OpenRefuses(LPWSTR) {
  return ERROR_ACCESS_DENIED;
}
DWORD APIENTRY OpenWellInSystemDirectory(LPWSTR) {
  wchar_t here[MAX_PATH] = {};
  wchar_t system[MAX_PATH] = {};
  GetCurrentDirectoryW(MAX_PATH, here);
  GetSystemDirectoryW(system, MAX_PATH);
  return lstrcmpiW(here, system) == 0 ? ERROR_SUCCESS : ERROR_CURRENT_DIRECTORY;
}
/// Refuses where the handle that the environment names is a signalled object in this process.
DWORD APIENTRY OpenWellWithoutHandle(LPWSTR) {
  wchar_t value[32] = {};
  if (GetEnvironmentVariableW(L"IMSHEALTH_TEST_HANDLE", value, 32) == 0) {
    return ERROR_ENVVAR_NOT_FOUND;
  }
  const auto handle =
      reinterpret_cast<HANDLE>(static_cast<ULONG_PTR>(_wcstoui64(value, nullptr, 10)));
  return WaitForSingleObject(handle, 0) == WAIT_OBJECT_0 ? ERROR_ALREADY_EXISTS : ERROR_SUCCESS;
}
DWORD APIENTRY OpenHangs(LPWSTR) {
  Sleep(INFINITE);
  return ERROR_SUCCESS;
}
DWORD APIENTRY OpenCrashes(LPWSTR) {
  volatile int* nowhere = nullptr;
  *nowhere = 1;
  return ERROR_SUCCESS;
}
DWORD APIENTRY OpenEndsProcess(LPWSTR) {
  ExitProcess(0);
}

static volatile bool isEndless = true;
static DWORD deeper(volatile char* before) {
  volatile char room[4096];
  room[0] = before[0];
  return isEndless ? deeper(room) + static_cast<DWORD>(room[0]) : 0;
}
DWORD APIENTRY OpenOverflowsStack(LPWSTR) {
  volatile char start[1] = {1};
  return deeper(start);
}
DWORD APIENTRY OpenFloods(LPWSTR) {
  static const char lie[] = "\nffffffffffffffffffffffffffffffff result ok 0 close\n";
  for (;;) {
    DWORD written = 0;
    WriteFile(GetStdHandle(STD_OUTPUT_HANDLE), lie, sizeof lie - 1, &written, nullptr);
  }
}

DWORD APIENTRY CollectNothing(LPWSTR, LPVOID*, LPDWORD bytes, LPDWORD objects) {
  *bytes = 0;
  *objects = 0;
  return ERROR_SUCCESS;
}
DWORD APIENTRY CollectWritesBeyond(LPWSTR, LPVOID* data, LPDWORD bytes, LPDWORD) {
  *data = static_cast<char*>(*data) + *bytes + 8;
  return ERROR_SUCCESS;
}

DWORD APIENTRY CloseWell() {
  return ERROR_SUCCESS;
}
}
