#include "service/install.h"

#include "service/data_folder.h"
#include "service/win32/dynamic_procs.h"
#include "service/win32/file_io.h"
#include "tests/service/fixture.h"

#include <catch2/catch.hpp>

#include <cwchar>
#include <string>
#include <vector>

using namespace imshealth;

namespace {

std::string imagePath() {
  const UniqueServiceHandle scm(OpenSCManagerW(nullptr, nullptr, SC_MANAGER_CONNECT));
  const UniqueServiceHandle service(OpenServiceW(scm.get(), L"ImsHealth", SERVICE_QUERY_CONFIG));
  std::vector<unsigned char> block(8192);
  DWORD needed = 0;
  auto* config = reinterpret_cast<QUERY_SERVICE_CONFIGW*>(block.data());
  if (!service || !QueryServiceConfigW(service.get(), config, 8192, &needed)) {
    return {};
  }
  return toUtf8(config->lpBinaryPathName);
}

bool hasEventSource() {
  UniqueRegistryKey key;
  return RegOpenKeyExW(HKEY_LOCAL_MACHINE,
                       L"SYSTEM\\CurrentControlSet\\Services\\EventLog\\Application\\ImsHealth", 0,
                       KEY_READ, key.put()) == ERROR_SUCCESS;
}

struct Configured {
  std::vector<DWORD> levels;
  std::wstring description;
  std::vector<DWORD> restarts;  ///< milliseconds
  DWORD resetPeriod = 0;        ///< seconds
  BOOL restartsOnErrors = FALSE;
  DWORD sidType = 0;
  std::vector<std::wstring> privileges;
  DWORD preshutdown = 0;  ///< milliseconds
} configured;

BOOL WINAPI record(SC_HANDLE, DWORD level, void* given) {
  configured.levels.push_back(level);
  if (level == SERVICE_CONFIG_DESCRIPTION) {
    configured.description = static_cast<SERVICE_DESCRIPTIONW*>(given)->lpDescription;
  } else if (level == SERVICE_CONFIG_FAILURE_ACTIONS) {
    const auto* actions = static_cast<SERVICE_FAILURE_ACTIONSW*>(given);
    configured.resetPeriod = actions->dwResetPeriod;
    for (DWORD i = 0; i < actions->cActions; ++i) {
      CHECK(actions->lpsaActions[i].Type == SC_ACTION_RESTART);
      configured.restarts.push_back(actions->lpsaActions[i].Delay);
    }
  } else if (level == 4) {  // SERVICE_CONFIG_FAILURE_ACTIONS_FLAG
    configured.restartsOnErrors = *static_cast<BOOL*>(given);
  } else if (level == 5) {  // SERVICE_CONFIG_SERVICE_SID_INFO
    configured.sidType = *static_cast<DWORD*>(given);
  } else if (level == 6) {  // SERVICE_CONFIG_REQUIRED_PRIVILEGES_INFO
    for (const wchar_t* name = *static_cast<wchar_t**>(given); *name != L'\0';
         name += std::wcslen(name) + 1) {
      configured.privileges.emplace_back(name);
    }
  } else if (level == 7) {  // SERVICE_CONFIG_PRESHUTDOWN_INFO
    configured.preshutdown = *static_cast<DWORD*>(given);
  }
  return TRUE;
}

BOOL WINAPI refuse(SC_HANDLE, DWORD level, void*) {
  configured.levels.push_back(level);
  SetLastError(ERROR_INVALID_LEVEL);
  return FALSE;
}

}  // namespace

TEST_CASE("the service restarts after 60, 60 and 300 seconds and has few privileges") {
  configured = {};
  configureService(nullptr, record);
  CHECK(configured.description.find(L"1008") != std::wstring::npos);
  CHECK(configured.restarts == std::vector<DWORD>{60'000, 60'000, 300'000});
  CHECK(configured.resetPeriod == 86'400);
  CHECK(configured.restartsOnErrors == TRUE);  // where it could not start, too
  CHECK(configured.sidType == 1);              // SERVICE_SID_TYPE_UNRESTRICTED
  CHECK(configured.privileges == std::vector<std::wstring>{L"SeChangeNotifyPrivilege",
                                                           L"SeCreateGlobalPrivilege",
                                                           L"SeImpersonatePrivilege"});
  CHECK(configured.preshutdown >= 20'000);
}

TEST_CASE("a system that knows no level of it, or not even the function, takes the service too") {
  configured = {};
  configureService(nullptr, refuse);
  CHECK(configured.levels == std::vector<DWORD>{1, 2, 4, 5, 6, 7});
  configured = {};
  configureService(nullptr, nullptr);  // NT 4.0
  CHECK(configured.levels.empty());
}

TEST_CASE(
    "a service that is only starting is stopped as soon as it takes the order, which it leaves "
    "unanswered") {
  REQUIRE(install(test::beside(TEST_CHILD_TOOL)).has_value());
  const UniqueServiceHandle scm(OpenSCManagerW(nullptr, nullptr, SC_MANAGER_CONNECT));
  const UniqueServiceHandle service(
      OpenServiceW(scm.get(), L"ImsHealth", SERVICE_START | SERVICE_QUERY_STATUS));
  REQUIRE(service);
  REQUIRE(StartServiceW(service.get(), 0, nullptr));
  const auto stopped = stopInstalled();
  CAPTURE(stopped ? std::string() : stopped.error().describe());
  CHECK(stopped.has_value());
  SERVICE_STATUS state{};
  CHECK(QueryServiceStatus(service.get(), &state));
  CHECK(state.dwCurrentState == SERVICE_STOPPED);
  CHECK(uninstall().has_value());
}

TEST_CASE("installing twice is as good as once, uninstalling keeps the policy") {
  const auto folder = findDataFolder();
  REQUIRE(folder.has_value());
  REQUIRE(install("C:\\old place\\imshealth.exe").has_value());
  REQUIRE(writeWholeFile(folder->policyFile(), "// mine\n{}").has_value());
  // A policy that is there stays, and who asked for another one is told.
  const auto again =
      install("C:\\Program Files\\ImsHealth\\imshealth.exe", {.mode = "repair", .file = {}});
  REQUIRE(again.has_value());
  CHECK_FALSE(*again);
  CHECK(imagePath() == "\"C:\\Program Files\\ImsHealth\\imshealth.exe\" service");
  CHECK(hasEventSource());

  REQUIRE(uninstall().has_value());
  CHECK(imagePath().empty());
  CHECK_FALSE(hasEventSource());
  CHECK(*readWholeFile(folder->policyFile(), 100) == "// mine\n{}");
  CHECK(uninstall().has_value());
  DeleteFileW(toWide(folder->policyFile()).c_str());
}
