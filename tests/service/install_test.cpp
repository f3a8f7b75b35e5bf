#include "service/install.h"

#include "service/data_folder.h"
#include "service/win32/dynamic_procs.h"
#include "service/win32/file_io.h"
#include "tests/service/fixture.h"

#include <catch2/catch.hpp>

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

}  // namespace

TEST_CASE("installing twice is as good as once, uninstalling keeps the policy") {
  const auto folder = findDataFolder();
  REQUIRE(folder.has_value());
  REQUIRE(install("C:\\old place\\imshealth.exe").has_value());
  REQUIRE(writeWholeFile(folder->policyFile(), "// mine\n{}").has_value());
  REQUIRE(install("C:\\Program Files\\ImsHealth\\imshealth.exe").has_value());
  CHECK(imagePath() == "\"C:\\Program Files\\ImsHealth\\imshealth.exe\" service");
  CHECK(hasEventSource());

  REQUIRE(uninstall().has_value());
  CHECK(imagePath().empty());
  CHECK_FALSE(hasEventSource());
  CHECK(*readWholeFile(folder->policyFile(), 100) == "// mine\n{}");
  CHECK(uninstall().has_value());
  DeleteFileW(toWide(folder->policyFile()).c_str());
}
