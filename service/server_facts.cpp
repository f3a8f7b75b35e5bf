#include "service/server_facts.h"

#include "config/ascii.h"
#include "core/windows_path.h"
#include "service/system_directory.h"
#include "service/win32/dynamic_procs.h"
#include "service/win32/handles.h"
#include "service/win32/registry.h"
#include "service/win32/sid_text.h"
#include "service/win32/text.h"

#include <algorithm>
#include <vector>

namespace imshealth {
namespace {

constexpr const char* kControl = "SYSTEM\\CurrentControlSet\\Control";
constexpr const char* kServices = "SYSTEM\\CurrentControlSet\\Services";

// GetVersionEx tells programs without a manifest of the day what they want to hear; the function
// below tells the truth, and came with 2000.
void readVersion(SystemFacts& facts) {
  using GetVersion = LONG WINAPI(OSVERSIONINFOW*);
  OSVERSIONINFOW version{};
  version.dwOSVersionInfoSize = sizeof version;
  const auto rtlGetVersion = systemFunction<GetVersion>(L"ntdll.dll", "RtlGetVersion");
  const bool told =
      rtlGetVersion != nullptr ? rtlGetVersion(&version) == 0 : GetVersionExW(&version) != FALSE;
  if (told) {
    facts.osMajor = static_cast<int>(version.dwMajorVersion);
    facts.osMinor = static_cast<int>(version.dwMinorVersion);
    facts.osBuild = static_cast<int>(version.dwBuildNumber);
  }
}

/// Application server mode, with programs redirected to the user's own Windows folder (Q187082).
/// Windows 2000 and later say so in TSAppCompat; NT 4.0 Terminal Server Edition is nothing else.
bool isApplicationServer(int osMajor) {
  const std::string path = std::string(kControl) + "\\Terminal Server";
  if (osMajor >= 5) {
    return numberAt(path, "TSAppCompat") == 1U;
  }
  const auto key = RegistryKey::open(std::string(kControl) + "\\ProductOptions");
  const auto suites = key ? textsOf(key->value("ProductSuite")) : std::vector<std::string>();
  return std::ranges::find(suites, "Terminal Server") != suites.end();
}

bool isInExecuteMode(int osMajor) {
  if (!isApplicationServer(osMajor)) {
    return false;
  }
  using InstallMode = BOOL WINAPI();
  const auto installMode = systemFunction<InstallMode>(L"kernel32.dll", "TermsrvAppInstallMode");
  return installMode == nullptr || !installMode();
}

/// The install root is in several values; setup may change the first for a while (Q149205,
/// Q230251). On 64-bit Windows the setup of a 32-bit Exchange wrote to the other half of the
/// registry.
std::optional<std::string> exchangeRoot() {
  for (const char* path : {"SOFTWARE\\Microsoft\\Exchange\\Setup",
                           "SOFTWARE\\Wow6432Node\\Microsoft\\Exchange\\Setup"}) {
    const auto key = RegistryKey::open(path);
    for (const char* name : {"Services", "Internet", "X400", "MSMailConnector"}) {
      const auto root = key ? textOf(key->value(name)) : std::nullopt;
      if (root && isPlainLocalPath(normalizedPath(*root))) {
        return normalizedPath(*root);
      }
    }
  }
  return std::nullopt;
}

bool isRunning(const std::string& name) {
  const UniqueServiceHandle manager(OpenSCManagerW(nullptr, nullptr, SC_MANAGER_CONNECT));
  if (!manager) {
    return false;
  }
  const UniqueServiceHandle service(
      OpenServiceW(manager.get(), toWide(name).c_str(), SERVICE_QUERY_STATUS));
  SERVICE_STATUS status{};
  return service && QueryServiceStatus(service.get(), &status) &&
         status.dwCurrentState == SERVICE_RUNNING;
}

bool isFile(const std::string& path) {
  const DWORD attributes = GetFileAttributesW(toWide(path).c_str());
  return attributes != INVALID_FILE_ATTRIBUTES && (attributes & FILE_ATTRIBUTE_DIRECTORY) == 0;
}

/// DLLs that Windows takes from the system directory whatever lies elsewhere.
bool isKnownDll(const std::string& name) {
  const auto key = RegistryKey::open(std::string(kControl) + "\\Session Manager\\KnownDLLs");
  const auto values =
      key ? key->values() : Result<std::vector<RegistryValue>>(std::vector<RegistryValue>());
  return values && std::ranges::any_of(*values, [&](const RegistryValue& value) {
           return equalsIgnoringCase(textOf(value).value_or(""), name);
         });
}

/// Names of API sets stand for functions, not for files; the loader knows them since Windows 7.
bool isApiSet(const std::string& name) {
  constexpr std::string_view kApi = "api-ms-";
  constexpr std::string_view kExtension = "ext-ms-";
  const std::string_view start = std::string_view(name).substr(0, kApi.size());
  return equalsIgnoringCase(start, kApi) || equalsIgnoringCase(start, kExtension);
}

}  // namespace

SystemFacts WindowsServerFacts::system() const {
  SystemFacts facts;
  readVersion(facts);
  facts.windows64 = sizeof(void*) == 8 || runsUnderWow64();
  facts.programMachine = sizeof(void*) == 8 ? Machine::amd64 : Machine::i386;
  facts.systemDirectory = systemDirectory();
  facts.windowsDirectory = windowsDirectory();
  facts.clusterNode =
      RegistryKey::exists(std::string(kServices) + "\\ClusSvc") && RegistryKey::exists("Cluster");
  facts.terminalServerExecuteMode = isInExecuteMode(facts.osMajor);
  facts.perflibEventLogLevel =
      numberAt("SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Perflib", "EventLogLevel");
  const std::string sources = std::string(kServices) + "\\EventLog\\Application\\";
  facts.hasLoadPerfSource = RegistryKey::exists(sources + "LoadPerf") ||
                            RegistryKey::exists(sources + "Microsoft-Windows-LoadPerf");
  facts.exchangeRoot = exchangeRoot();
  facts.serviceAccount = processAccountSid();
  return facts;
}

ServiceFacts WindowsServerFacts::service(const std::string& name) const {
  ServiceFacts facts;
  const auto key = RegistryKey::open(std::string(kServices) + "\\" + name);
  facts.keyExists = key.has_value();
  // A key without an image belongs to counters alone: that is how the Internet Mail Service looks
  // where it is not installed (Q163727).
  facts.installed = key && !textOf(key->value("ImagePath")).value_or("").empty();
  facts.running = facts.installed && isRunning(name);
  return facts;
}

std::string WindowsServerFacts::expandVariables(const std::string& text) const {
  const std::wstring wide = toWide(text);
  std::wstring expanded(512, L'\0');
  for (;;) {
    const DWORD length = ExpandEnvironmentStringsW(wide.c_str(), expanded.data(),
                                                   static_cast<DWORD>(expanded.size()));
    if (length == 0) {
      return text;
    }
    if (length <= expanded.size()) {
      return toUtf8({expanded.data(), length - 1});
    }
    expanded.resize(length);
  }
}

bool WindowsServerFacts::findsDll(const std::string& name, const std::string& directory) const {
  if (!isBareName(name)) {
    return false;
  }
  const std::string file = name.find('.') == std::string::npos ? name + ".dll" : name;
  const std::string windows = windowsDirectory();
  for (const std::string& folder : {directory, systemDirectory(), windows + "\\system", windows}) {
    if (isFile(joinPath(folder, file))) {
      return true;
    }
  }
  return isKnownDll(file) || (isApiSet(file) && systemModule(L"kernelbase.dll") != nullptr);
}

}  // namespace imshealth
