// labsc: what Wine's sc does not do: any control code, and a service's state as JSON.
#include <windows.h>

#include <cstdio>
#include <cstdlib>
#include <string>

namespace {

constexpr const char usage[] =
    "labsc query SERVICE\n"
    "labsc start SERVICE\n"
    "labsc control SERVICE CODE      1 stop, 2 pause, 3 continue, 4 interrogate, 6 paramchange\n"
    "labsc await SERVICE STATE MS    1 stopped, 4 running, 7 paused\n"
    "labsc stay                      until its input ends; Wine's services end with the last "
    "program\n";

int failed(const char* what) {
  const DWORD error = GetLastError();
  std::printf("{\"failed\":\"%s\",\"error\":%lu}\n", what, error);
  return error == 0 ? 1 : static_cast<int>(error);
}

void print(const SERVICE_STATUS_PROCESS& status) {
  std::printf(
      "{\"state\":%lu,\"pid\":%lu,\"accepted\":%lu,\"exitCode\":%lu,\"specificExitCode\":%lu,"
      "\"checkPoint\":%lu,\"waitHint\":%lu}\n",
      status.dwCurrentState, status.dwProcessId, status.dwControlsAccepted, status.dwWin32ExitCode,
      status.dwServiceSpecificExitCode, status.dwCheckPoint, status.dwWaitHint);
}

bool query(SC_HANDLE service, SERVICE_STATUS_PROCESS& status) {
  DWORD needed = 0;
  return QueryServiceStatusEx(service, SC_STATUS_PROCESS_INFO, reinterpret_cast<BYTE*>(&status),
                              sizeof status, &needed) != 0;
}

int await(SC_HANDLE service, DWORD state, DWORD milliseconds) {
  SERVICE_STATUS_PROCESS status{};
  const DWORD start = GetTickCount();
  while (query(service, status)) {
    if (status.dwCurrentState == state) {
      print(status);
      return 0;
    }
    if (GetTickCount() - start >= milliseconds) {
      print(status);
      return 1;
    }
    Sleep(20);
  }
  return failed("query");
}

}  // namespace

int wmain(int argc, wchar_t** argv) {
  const std::wstring verb = argc > 1 ? argv[1] : L"";
  if (verb == L"stay") {
    while (std::getchar() != EOF) {
    }
    return 0;
  }
  SC_HANDLE scm = OpenSCManagerW(nullptr, nullptr, SC_MANAGER_CONNECT);
  SC_HANDLE service = argc > 2
                          ? OpenServiceW(scm, argv[2],
                                         SERVICE_QUERY_STATUS | SERVICE_START | SERVICE_STOP |
                                             SERVICE_PAUSE_CONTINUE | SERVICE_USER_DEFINED_CONTROL |
                                             SERVICE_INTERROGATE)
                          : nullptr;
  if (argc > 2 && service == nullptr) {
    return failed("open");
  }
  SERVICE_STATUS_PROCESS status{};
  if (verb == L"query") {
    if (!query(service, status)) {
      return failed("query");
    }
    print(status);
    return 0;
  }
  if (verb == L"start") {
    return StartServiceW(service, 0, nullptr) ? 0 : failed("start");
  }
  if (verb == L"control" && argc > 3) {
    SERVICE_STATUS old{};
    return ControlService(service, std::wcstoul(argv[3], nullptr, 0), &old) ? 0 : failed("control");
  }
  if (verb == L"await" && argc > 4) {
    return await(service, std::wcstoul(argv[3], nullptr, 0), std::wcstoul(argv[4], nullptr, 0));
  }
  std::fputs(usage, stderr);
  return 2;
}
