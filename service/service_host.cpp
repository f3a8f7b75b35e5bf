#include "service/service_host.h"

#include "core/alerts.h"
#include "service/alert_writer.h"
#include "service/engine_host.h"
#include "service/service_status.h"
#include "service/win32/dynamic_procs.h"
#include "service/win32/last_error.h"

#include <exception>
#include <memory>
#include <ostream>

namespace imshealth {
namespace {

constexpr DWORD controlPreshutdown = SERVICE_CONTROL_PRESHUTDOWN;

bool isVistaOrLater() {
  return LOBYTE(LOWORD(GetVersion())) >= 6;
}

/// Accepted from 2000 on; NT 4.0 refuses a status that names what it does not know.
DWORD acceptedBeyondStop() {
  DWORD accepted = SERVICE_ACCEPT_SHUTDOWN;
  if (LOBYTE(LOWORD(GetVersion())) >= 5) {
    accepted |= SERVICE_ACCEPT_PARAMCHANGE;
  }
  if (isVistaOrLater()) {
    accepted |= SERVICE_ACCEPT_PRESHUTDOWN;
  }
  return accepted;
}

/// The SCM passes nothing of ours to the service main, so this lives outside of it.
struct Service {
  ServiceStatus status{acceptedBeyondStop()};
  std::unique_ptr<EngineHost> host;
};
Service* service = nullptr;

/// SCM's thread: says what has begun, and posts.
DWORD handle(DWORD control) {
  switch (control) {
    case SERVICE_CONTROL_STOP:
      service->status.stopPending();
      service->host->requestStop("stopped by the service control manager");
      return NO_ERROR;
    case SERVICE_CONTROL_SHUTDOWN:
    case controlPreshutdown:
      service->status.stopPending();
      service->host->requestStop("the machine shuts down");
      return NO_ERROR;
    case SERVICE_CONTROL_PAUSE:
      service->host->requestPause(true);
      service->status.paused();
      return NO_ERROR;
    case SERVICE_CONTROL_CONTINUE:
      service->host->requestPause(false);
      service->status.running();
      return NO_ERROR;
    case SERVICE_CONTROL_PARAMCHANGE:
      service->host->requestPolicy();
      return NO_ERROR;
    case SERVICE_CONTROL_INTERROGATE:
      service->status.progress();
      return NO_ERROR;
    default:
      return ERROR_CALL_NOT_IMPLEMENTED;
  }
}

DWORD WINAPI handlerEx(DWORD control, DWORD, void*, void*) {
  return handle(control);
}
void WINAPI handlerNt4(DWORD control) {
  handle(control);
}

SERVICE_STATUS_HANDLE registerHandler() {
  using RegisterEx =
      SERVICE_STATUS_HANDLE WINAPI(LPCWSTR, DWORD(WINAPI*)(DWORD, DWORD, void*, void*), void*);
  if (auto* registerEx =
          systemFunction<RegisterEx>(L"advapi32.dll", "RegisterServiceCtrlHandlerExW")) {
    return registerEx(serviceName, handlerEx, nullptr);
  }
  return RegisterServiceCtrlHandlerW(serviceName, handlerNt4);  // NT 4.0
}

void sayWhyNotStarted(const std::string& reason) {
  AlertWriter writer;
  (void)writer.write(alerts::couldNotStart(reason));  // there is nobody else to tell
}

void WINAPI serviceMain(DWORD, LPWSTR*) {
  Service& self = *service;
  auto folder = findDataFolder();
  EngineEvents events;
  events.onProgress = [&self] { self.status.progress(); };
  events.onRunning = [&self] { self.status.running(); };
  // Before the handler is registered: a control may come from then on.
  self.host = std::make_unique<EngineHost>(folder ? *folder : DataFolder{}, std::nullopt, events);
  const SERVICE_STATUS_HANDLE statusHandle = registerHandler();
  if (statusHandle == nullptr) {
    sayWhyNotStarted(lastError("RegisterServiceCtrlHandler").describe());
    return;
  }
  self.status.attach(statusHandle);
  self.status.startPending();
  try {
    const auto ran = folder ? self.host->run() : Result<void>(folder.error());
    if (!ran) {
      sayWhyNotStarted(ran.error().describe());
    }
    self.status.stopped(ran ? 0 : service_exit::couldNotStart);
  } catch (const std::exception& failure) {
    AlertWriter writer;
    (void)writer.write(alerts::stopped(std::string("internal error: ") + failure.what()));
    // Without STOPPED, so that the recovery setting restarts the service (SERVICE_FAILURE_ACTIONS,
    // remarks).
    TerminateProcess(GetCurrentProcess(), service_exit::failed);
  }
}

}  // namespace

int runAsService(CommandIo io) {
  Service self;
  service = &self;
  wchar_t name[] = L"ImsHealth";
  const SERVICE_TABLE_ENTRYW table[] = {{name, serviceMain}, {nullptr, nullptr}};
  if (StartServiceCtrlDispatcherW(table)) {
    return exit_code::done;
  }
  const DWORD code = GetLastError();
  if (code == ERROR_FAILED_SERVICE_CONTROLLER_CONNECT) {
    io.err << "imshealth: \"imshealth service\" is what the service control manager starts.\n"
              "To start the service:          net start ImsHealth\n"
              "To install it first:           imshealth install\n"
              "To watch it work in a window:  imshealth run\n";
    return exit_code::usage;
  }
  io.err << "imshealth: " << windowsError("StartServiceCtrlDispatcher", code).describe() << "\n";
  return exit_code::unreachable;
}

}  // namespace imshealth
