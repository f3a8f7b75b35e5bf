// Stands in for the Internet Mail Service: a service that runs and stops, no more.
#include <windows.h>

namespace {

SERVICE_STATUS_HANDLE handle;
HANDLE stopped;

void report(DWORD state) {
  SERVICE_STATUS status{};
  status.dwServiceType = SERVICE_WIN32_OWN_PROCESS;
  status.dwCurrentState = state;
  status.dwControlsAccepted = state == SERVICE_RUNNING ? SERVICE_ACCEPT_STOP : 0;
  SetServiceStatus(handle, &status);
}

void WINAPI control(DWORD code) {
  if (code == SERVICE_CONTROL_STOP) {
    SetEvent(stopped);
  }
}

void WINAPI serve(DWORD, LPWSTR*) {
  stopped = CreateEventW(nullptr, TRUE, FALSE, nullptr);
  handle = RegisterServiceCtrlHandlerW(L"MSExchangeIMC", control);
  report(SERVICE_RUNNING);
  WaitForSingleObject(stopped, INFINITE);
  report(SERVICE_STOPPED);
}

}  // namespace

int wmain() {
  wchar_t name[] = L"MSExchangeIMC";
  const SERVICE_TABLE_ENTRYW table[] = {{name, serve}, {nullptr, nullptr}};
  return StartServiceCtrlDispatcherW(table) ? 0 : static_cast<int>(GetLastError());
}
