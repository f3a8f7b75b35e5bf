// labsc: what Wine's sc does not do: any control code, and a service's state as JSON.
#include "tests/lab/tools/journal.h"

#include <windows.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace {

constexpr const char usage[] =
    "labsc query SERVICE\n"
    "labsc start SERVICE\n"
    "labsc config SERVICE            path and description\n"
    "labsc control SERVICE CODE      1 stop, 2 pause, 3 continue, 4 interrogate, 6 paramchange\n"
    "labsc await SERVICE STATE MS    1 stopped, 4 running, 7 paused\n"
    "labsc trace SERVICE STATE MS    every change of state or check point until STATE\n"
    "labsc stay                      until its input ends; Wine's services end with the last "
    "program\n";

int failed(const char* what) {
  const DWORD error = GetLastError();
  std::printf("{\"failed\":\"%s\",\"error\":%lu}\n", what, error);
  return error == 0 ? 1 : static_cast<int>(error);
}

void print(const SERVICE_STATUS_PROCESS& status) {
  std::printf(
      "{\"at\":%lu,\"state\":%lu,\"pid\":%lu,\"accepted\":%lu,\"exitCode\":%lu,"
      "\"specificExitCode\":%lu,"
      "\"checkPoint\":%lu,\"waitHint\":%lu}\n",
      GetTickCount(), status.dwCurrentState, status.dwProcessId, status.dwControlsAccepted,
      status.dwWin32ExitCode, status.dwServiceSpecificExitCode, status.dwCheckPoint,
      status.dwWaitHint);
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

/// One line for each state and check point that is seen on the way to `state`.
int trace(SC_HANDLE service, DWORD state, DWORD milliseconds) {
  SERVICE_STATUS_PROCESS status{};
  DWORD lastState = 0;
  DWORD lastPoint = 0;
  const DWORD start = GetTickCount();
  while (query(service, status)) {
    if (status.dwCurrentState != lastState || status.dwCheckPoint != lastPoint) {
      print(status);
      std::fflush(stdout);
      lastState = status.dwCurrentState;
      lastPoint = status.dwCheckPoint;
    }
    if (status.dwCurrentState == state) {
      return 0;
    }
    if (GetTickCount() - start >= milliseconds) {
      return 1;
    }
    Sleep(5);
  }
  return failed("query");
}

void printConfiguration(SC_HANDLE service) {
  std::vector<unsigned char> block(8192);
  DWORD needed = 0;
  std::wstring description;
  if (QueryServiceConfig2W(service, SERVICE_CONFIG_DESCRIPTION, block.data(),
                           static_cast<DWORD>(block.size()), &needed)) {
    const auto* found = reinterpret_cast<const SERVICE_DESCRIPTIONW*>(block.data());
    description = found->lpDescription != nullptr ? found->lpDescription : L"";
  }
  auto* config = reinterpret_cast<QUERY_SERVICE_CONFIGW*>(block.data());
  const bool known =
      QueryServiceConfigW(service, config, static_cast<DWORD>(block.size()), &needed) != FALSE;
  std::printf("{\"imagePath\":%s,\"description\":%s}\n",
              lab::quoted(known ? config->lpBinaryPathName : L"").c_str(),
              lab::quoted(description).c_str());
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
                                         SERVICE_QUERY_STATUS | SERVICE_QUERY_CONFIG |
                                             SERVICE_START | SERVICE_STOP | SERVICE_PAUSE_CONTINUE |
                                             SERVICE_USER_DEFINED_CONTROL | SERVICE_INTERROGATE)
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
  if (verb == L"config" && service != nullptr) {
    printConfiguration(service);
    return 0;
  }
  if (verb == L"trace" && argc > 4) {
    return trace(service, std::wcstoul(argv[3], nullptr, 0), std::wcstoul(argv[4], nullptr, 0));
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
