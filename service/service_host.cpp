#include "service/service_host.h"

#include "core/alerts.h"
#include "service/alert_writer.h"
#include "service/engine_host.h"
#include "service/service_control.h"
#include "service/win32/dynamic_procs.h"
#include "service/win32/last_error.h"

#include <exception>
#include <memory>
#include <ostream>
#include <utility>

namespace imshealth {
namespace {

/// The SCM passes nothing of ours to the service main, so this lives outside of it.
struct Service {
  ServiceStatus status{acceptedBeyondStop(LOBYTE(LOWORD(GetVersion())))};
  std::unique_ptr<EngineHost> host;
  EngineRequests requests{[this](std::string reason) { host->requestStop(std::move(reason)); },
                          [this](bool paused) { host->requestPause(paused); },
                          [this] { host->requestPolicy(); }};
};
Service* service = nullptr;

DWORD WINAPI handlerEx(DWORD control, DWORD, void*, void*) {
  return handleControl(control, service->status, service->requests);
}
void WINAPI handlerNt4(DWORD control) {
  handleControl(control, service->status, service->requests);
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
  // Never deleted: with STOPPED the dispatcher returns, while the service's own thread is still in
  // the call that told it.
  service = new Service;
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
