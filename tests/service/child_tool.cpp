// A tool as the tests want it: child_tool VERB [ARGUMENTS].
//   arguments …      prints each argument as a line
//   exit N           ends with this code
//   hang             never ends
//   flood            writes for ever
//   oem              writes the bytes 0x84 0x94 0x81
//   parent PIDFILE   starts a hanging child of its own, notes its process id, ends
//   security         prints who may touch the pipe that is its output
//   service          a service that takes a second to start, takes no control until then, and ends
//   within it readable HANDLE  exit 0 where this handle value is a file or pipe in this process,
//   else 1
#include "service/win32/handles.h"
#include "service/win32/text.h"
#include "tests/service/fixture.h"

#include <string>

namespace {

void print(const std::string& text) {
  DWORD written = 0;
  WriteFile(GetStdHandle(STD_OUTPUT_HANDLE), text.data(), static_cast<DWORD>(text.size()), &written,
            nullptr);
}

int startChild(const wchar_t* program, const wchar_t* pidFile) {
  std::wstring line = L'"' + std::wstring(program) + L"\" hang";
  STARTUPINFOW startup{};
  startup.cb = sizeof startup;
  PROCESS_INFORMATION process{};
  if (!CreateProcessW(program, line.data(), nullptr, nullptr, TRUE, 0, nullptr, nullptr, &startup,
                      &process)) {
    return 1;
  }
  const imshealth::UniqueFile file(
      CreateFileW(pidFile, GENERIC_WRITE, 0, nullptr, CREATE_ALWAYS, 0, nullptr));
  const std::string pid = std::to_string(process.dwProcessId);
  DWORD written = 0;
  WriteFile(file.get(), pid.data(), static_cast<DWORD>(pid.size()), &written, nullptr);
  return 0;
}

SERVICE_STATUS_HANDLE status;

void report(DWORD state) {
  SERVICE_STATUS now{};
  now.dwServiceType = SERVICE_WIN32_OWN_PROCESS;
  now.dwCurrentState = state;
  now.dwControlsAccepted = state == SERVICE_RUNNING ? SERVICE_ACCEPT_STOP : 0;
  now.dwWaitHint = 5000;
  SetServiceStatus(status, &now);
}

void WINAPI control(DWORD code) {
  if (code == SERVICE_CONTROL_STOP) {
    report(SERVICE_STOPPED);
    ExitProcess(0);  // so that whoever told it to stop gets no answer
  }
}

void WINAPI slowService(DWORD, LPWSTR*) {
  status = RegisterServiceCtrlHandlerW(L"ImsHealth", control);
  report(SERVICE_START_PENDING);
  Sleep(1000);
  report(SERVICE_RUNNING);
}

}  // namespace

int wmain(int argc, wchar_t** argv) {
  const std::wstring verb = argc > 1 ? argv[1] : L"";
  if (verb == L"arguments") {
    for (int i = 2; i < argc; ++i) {
      print(imshealth::toUtf8(argv[i]) + "\n");
    }
  } else if (verb == L"exit") {
    return std::stoi(argv[2]);
  } else if (verb == L"hang") {
    Sleep(INFINITE);
  } else if (verb == L"service") {
    wchar_t name[] = L"ImsHealth";
    const SERVICE_TABLE_ENTRYW table[] = {{name, slowService}, {nullptr, nullptr}};
    return StartServiceCtrlDispatcherW(table) ? 0 : 1;
  } else if (verb == L"flood") {
    for (const std::string block(4096, 'x');;) {
      print(block);
    }
  } else if (verb == L"security") {
    print(imshealth::test::securityOf(GetStdHandle(STD_OUTPUT_HANDLE)));
  } else if (verb == L"oem") {
    print("\x84\x94\x81");
  } else if (verb == L"parent") {
    wchar_t program[MAX_PATH];
    GetModuleFileNameW(nullptr, program, MAX_PATH);
    return startChild(program, argv[2]);
  } else if (verb == L"readable") {
    const auto value = reinterpret_cast<HANDLE>(static_cast<ULONG_PTR>(std::stoull(argv[2])));
    return WaitForSingleObject(value, 0) == WAIT_OBJECT_0 ? 0 : 1;
  }
  return 0;
}
