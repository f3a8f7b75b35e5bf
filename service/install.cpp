#include "service/install.h"

#include "core/alerts.h"
#include "service/alert_writer.h"
#include "service/data_folder.h"
#include "service/service_host.h"
#include "service/win32/dynamic_procs.h"
#include "service/win32/handles.h"
#include "service/win32/last_error.h"
#include "service/win32/text.h"

namespace imshealth {
namespace {

constexpr DWORD longestStop = 30'000;  // milliseconds
constexpr wchar_t eventSourceKey[] =
    L"SYSTEM\\CurrentControlSet\\Services\\EventLog\\Application\\ImsHealth";

Result<void> installService(const std::string& program) {
  const UniqueServiceHandle scm(
      OpenSCManagerW(nullptr, nullptr, SC_MANAGER_CONNECT | SC_MANAGER_CREATE_SERVICE));
  if (!scm) {
    return lastError("service control manager");
  }
  const std::wstring image = L'"' + toWide(program) + L"\" service";
  // Restarting by failure actions needs SERVICE_START on the handle that sets them.
  constexpr DWORD access = SERVICE_CHANGE_CONFIG | SERVICE_QUERY_CONFIG | SERVICE_START;
  UniqueServiceHandle service(CreateServiceW(scm.get(), serviceName, serviceDisplayName, access,
                                             SERVICE_WIN32_OWN_PROCESS, SERVICE_AUTO_START,
                                             SERVICE_ERROR_NORMAL, image.c_str(), nullptr, nullptr,
                                             nullptr, nullptr, nullptr));
  if (!service && GetLastError() == ERROR_SERVICE_EXISTS) {
    service.reset(OpenServiceW(scm.get(), serviceName, access));
    if (service &&
        !ChangeServiceConfigW(service.get(), SERVICE_WIN32_OWN_PROCESS, SERVICE_AUTO_START,
                              SERVICE_ERROR_NORMAL, image.c_str(), nullptr, nullptr, nullptr,
                              nullptr, nullptr, serviceDisplayName)) {
      return lastError("service ImsHealth");
    }
  }
  if (!service) {
    return lastError("service ImsHealth");
  }
  configureService(service.get(),
                   systemFunction<ChangeServiceConfig2>(L"advapi32.dll", "ChangeServiceConfig2W"));
  return {};
}

Result<void> installEventSource(const std::string& program) {
  UniqueRegistryKey key;
  LONG code = RegCreateKeyExW(HKEY_LOCAL_MACHINE, eventSourceKey, 0, nullptr, 0, KEY_SET_VALUE,
                              nullptr, key.put(), nullptr);
  if (code == ERROR_SUCCESS) {
    const std::wstring file = toWide(program);
    code = RegSetValueExW(key.get(), L"EventMessageFile", 0, REG_EXPAND_SZ,
                          reinterpret_cast<const BYTE*>(file.c_str()),
                          static_cast<DWORD>((file.size() + 1) * sizeof(wchar_t)));
  }
  if (code == ERROR_SUCCESS) {
    const DWORD errorsWarningsInformation = 7;
    code = RegSetValueExW(key.get(), L"TypesSupported", 0, REG_DWORD,
                          reinterpret_cast<const BYTE*>(&errorsWarningsInformation), sizeof(DWORD));
  }
  if (code != ERROR_SUCCESS) {
    return windowsError("event source ImsHealth", static_cast<DWORD>(code));
  }
  return {};
}

/// To wait for: the exe is in use for a moment after STOPPED. Nothing where the service does not
/// run, and on NT 4.0, which does not tell.
UniqueHandle processOf(SC_HANDLE service) {
  using QueryStatusEx = BOOL WINAPI(SC_HANDLE, int level, BYTE*, DWORD, DWORD*);
  auto* query = systemFunction<QueryStatusEx>(L"advapi32.dll", "QueryServiceStatusEx");
  SERVICE_STATUS_PROCESS status{};
  DWORD needed = 0;
  if (query == nullptr || !query(service, 0 /* SC_STATUS_PROCESS_INFO */,
                                 reinterpret_cast<BYTE*>(&status), sizeof status, &needed)) {
    return UniqueHandle();
  }
  return UniqueHandle(OpenProcess(SYNCHRONIZE, FALSE, status.dwProcessId));
}

/// The service is stopped, whether or not its process ends in time.
Result<void> awaitEnd(const UniqueHandle& process, DWORD milliseconds) {
  if (process) {
    WaitForSingleObject(process.get(), milliseconds);
  }
  return {};
}

/// Bounded; the service answers within five seconds, and within twenty in the middle of a repair.
Result<void> stopService(SC_HANDLE service) {
  constexpr DWORD pause = 200;
  const UniqueHandle process = processOf(service);
  for (DWORD waited = 0; waited < longestStop; waited += pause) {
    SERVICE_STATUS status{};
    const DWORD state = QueryServiceStatus(service, &status) ? status.dwCurrentState : 0;
    if (state == SERVICE_STOPPED) {
      return awaitEnd(process, longestStop - waited);
    }
    // While it stops already, because the MSI or somebody else told it to, it takes no control. Nor
    // does it while it starts, but then nobody has told it yet, and it is told again.
    if (state != SERVICE_STOP_PENDING && !ControlService(service, SERVICE_CONTROL_STOP, &status)) {
      const DWORD code = GetLastError();
      if (code == ERROR_SERVICE_NOT_ACTIVE) {
        return awaitEnd(process, longestStop - waited);
      }
      // So says Wine.
      const bool starts = state == SERVICE_START_PENDING && code == ERROR_INVALID_SERVICE_CONTROL;
      // A service that ends within the call leaves it unanswered (broken pipe), and is stopped.
      const bool stopped =
          QueryServiceStatus(service, &status) && status.dwCurrentState == SERVICE_STOPPED;
      if (code != ERROR_SERVICE_CANNOT_ACCEPT_CTRL && !starts && !stopped) {
        return windowsError("stopping ImsHealth", code);
      }
    }
    Sleep(pause);
  }
  return Error(ErrorKind::timedOut, "stopping ImsHealth", 0, "the service did not stop in time");
}

}  // namespace

void configureService(SC_HANDLE service, ChangeServiceConfig2* change) {
  if (change == nullptr) {
    return;
  }
  wchar_t description[] =
      L"Hears when the performance counters of the Internet Mail Service cannot be opened (Perflib "
      L"event 1008), "
      L"says why, and repairs them where the policy allows it.";
  struct {
    LPWSTR text;
  } descriptionLevel{description};
  change(service, 1 /* SERVICE_CONFIG_DESCRIPTION */, &descriptionLevel);

  SC_ACTION actions[] = {
      {SC_ACTION_RESTART, 60'000}, {SC_ACTION_RESTART, 60'000}, {SC_ACTION_RESTART, 300'000}};
  SERVICE_FAILURE_ACTIONSW failure{};
  failure.dwResetPeriod = 24 * 60 * 60;  // seconds
  failure.cActions = 3;
  failure.lpsaActions = actions;
  change(service, 2 /* SERVICE_CONFIG_FAILURE_ACTIONS */, &failure);
  // What keeps it from starting (111) may pass too; it says so by its exit code.
  struct {
    BOOL onErrorsToo;
  } failureFlag{TRUE};
  change(service, 4 /* SERVICE_CONFIG_FAILURE_ACTIONS_FLAG, Vista */, &failureFlag);

  struct {
    DWORD type;
  } sid{1 /* SERVICE_SID_TYPE_UNRESTRICTED */};
  change(service, 5 /* SERVICE_CONFIG_SERVICE_SID_INFO, Vista */, &sid);
  // The program itself enables no privilege: access lists let LocalSystem do all it does. The
  // children inherit the list: a counter library may share memory with its service across sessions
  // (CreateGlobal), DllRegisterServer may call COM (Impersonate). ChangeNotify lets through folders
  // that SYSTEM may not list. The SCM takes all others away.
  wchar_t privileges[] =
      L"SeChangeNotifyPrivilege\0SeCreateGlobalPrivilege\0SeImpersonatePrivilege\0";
  struct {
    LPWSTR list;
  } required{privileges};
  change(service, 6 /* SERVICE_CONFIG_REQUIRED_PRIVILEGES_INFO, Vista */, &required);

  // A repair that is being rolled back has these milliseconds at a shutdown.
  struct {
    DWORD timeout;
  } preshutdown{longestStop};
  change(service, 7 /* SERVICE_CONFIG_PRESHUTDOWN_INFO, Vista */, &preshutdown);
}

Result<bool> install(const std::string& program, const FirstPolicy& first) {
  auto folder = findDataFolder();
  if (!folder) {
    return folder.error();
  }
  if (const auto good = checkFirstPolicy(*folder, first); !good) {
    return good.error();
  }
  const auto made = makeDataFolder(*folder);
  if (!made) {
    return made.error();
  }
  const auto placed = placeFirstPolicy(*folder, first);
  if (!placed) {
    return placed.error();
  }
  if (auto source = installEventSource(program); !source) {
    return source.error();
  }
  AlertWriter writer;
  for (const SetAside& foreign : *made) {
    // What stays unwritten here is still seen: the folder moved aside lies beside the new one.
    (void)writer.write(alerts::stateSetAside(foreign.file, foreign.movedTo));
  }
  if (auto service = installService(program); !service) {
    return service.error();
  }
  return *placed;
}

Installed installedService() {
  const UniqueServiceHandle scm(OpenSCManagerW(nullptr, nullptr, SC_MANAGER_CONNECT));
  if (!scm) {
    return Installed::stopped;
  }
  const UniqueServiceHandle service(OpenServiceW(scm.get(), serviceName, SERVICE_QUERY_STATUS));
  if (!service) {
    return GetLastError() == ERROR_SERVICE_DOES_NOT_EXIST ? Installed::no : Installed::stopped;
  }
  SERVICE_STATUS status{};
  if (!QueryServiceStatus(service.get(), &status)) {
    return Installed::stopped;
  }
  switch (status.dwCurrentState) {
    case SERVICE_RUNNING: return Installed::running;
    case SERVICE_PAUSED: return Installed::paused;
    default: return Installed::stopped;
  }
}

Result<void> stopInstalled() {
  const UniqueServiceHandle scm(OpenSCManagerW(nullptr, nullptr, SC_MANAGER_CONNECT));
  if (!scm) {
    return lastError("service control manager");
  }
  const UniqueServiceHandle service(
      OpenServiceW(scm.get(), serviceName, SERVICE_STOP | SERVICE_QUERY_STATUS));
  if (!service) {
    if (GetLastError() == ERROR_SERVICE_DOES_NOT_EXIST) {
      return {};
    }
    return lastError("service ImsHealth");
  }
  return stopService(service.get());
}

Result<void> uninstall() {
  const UniqueServiceHandle scm(OpenSCManagerW(nullptr, nullptr, SC_MANAGER_CONNECT));
  if (!scm) {
    return lastError("service control manager");
  }
  const UniqueServiceHandle service(
      OpenServiceW(scm.get(), serviceName, SERVICE_STOP | SERVICE_QUERY_STATUS | DELETE));
  if (service) {
    if (auto stopped = stopService(service.get()); !stopped) {
      return stopped;
    }
    if (!DeleteService(service.get()) && GetLastError() != ERROR_SERVICE_MARKED_FOR_DELETE) {
      return lastError("service ImsHealth");
    }
  } else if (GetLastError() != ERROR_SERVICE_DOES_NOT_EXIST) {
    return lastError("service ImsHealth");
  }
  const LONG code = RegDeleteKeyW(HKEY_LOCAL_MACHINE, eventSourceKey);
  if (code != ERROR_SUCCESS && code != ERROR_FILE_NOT_FOUND) {
    return windowsError("event source ImsHealth", static_cast<DWORD>(code));
  }
  return {};
}

}  // namespace imshealth
