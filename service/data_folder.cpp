#include "service/data_folder.h"

#include "config/ascii.h"
#include "core/trust.h"
#include "service/path_security.h"
#include "service/win32/access.h"
#include "service/win32/dynamic_procs.h"
#include "service/win32/file_io.h"
#include "service/win32/last_error.h"
#include "service/win32/sid_text.h"
#include "service/win32/text.h"

#include <aclapi.h>

#include <algorithm>
#include <array>

namespace imshealth {
namespace {

std::optional<std::string> askShell() {
  constexpr int commonAppData = 0x0023;  // CSIDL_COMMON_APPDATA
  using GetFolderPath = HRESULT WINAPI(HWND, int, HANDLE, DWORD, LPWSTR);
  for (const wchar_t* module : {L"shell32.dll", L"shfolder.dll"}) {
    wchar_t path[MAX_PATH];
    auto* getFolderPath = systemFunction<GetFolderPath>(module, "SHGetFolderPathW");
    if (getFolderPath != nullptr &&
        getFolderPath(nullptr, commonAppData, nullptr, 0, path) == S_OK) {
      return toUtf8(path);
    }
  }
  return std::nullopt;
}

std::optional<std::string> expand(const std::wstring& text) {
  wchar_t path[MAX_PATH];
  const DWORD length = ExpandEnvironmentStringsW(text.c_str(), path, MAX_PATH);
  if (length == 0 || length > MAX_PATH || path[0] == L'%') {
    return std::nullopt;
  }
  return toUtf8(path);
}

std::optional<std::string> askRegistry() {
  UniqueRegistryKey key;
  if (RegOpenKeyExW(HKEY_LOCAL_MACHINE,
                    L"SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Explorer\\User Shell Folders",
                    0, KEY_READ, key.put()) != ERROR_SUCCESS) {
    return std::nullopt;
  }
  wchar_t text[MAX_PATH + 1] = {};
  DWORD size = MAX_PATH * sizeof(wchar_t);
  DWORD type = 0;
  if (RegQueryValueExW(key.get(), L"Common AppData", nullptr, &type, reinterpret_cast<BYTE*>(text),
                       &size) != ERROR_SUCCESS ||
      (type != REG_SZ && type != REG_EXPAND_SZ)) {
    return std::nullopt;
  }
  return expand(text);
}

/// NT 4.0 as it came: no such folder is known, the profile of all users is the place.
std::optional<std::string> askProfile() {
  if (const auto path = expand(L"%ALLUSERSPROFILE%\\Application Data")) {
    return path;
  }
  wchar_t windows[MAX_PATH];
  const UINT length = GetWindowsDirectoryW(windows, MAX_PATH);
  if (length == 0 || length >= MAX_PATH) {
    return std::nullopt;
  }
  return toUtf8(windows) + "\\Profiles\\All Users\\Application Data";
}

Result<void> makeFolder(const std::string& path, SECURITY_ATTRIBUTES* security) {
  if (!CreateDirectoryW(toWide(path).c_str(), security) && GetLastError() != ERROR_ALREADY_EXISTS) {
    return lastError(path);
  }
  return {};
}

constexpr std::string_view notOurs = "foreign";
/// A file is written beside itself under this name, then moved over the old one.
constexpr std::string_view beside = ".new";
constexpr std::array<std::string_view, 5> written = {"state.json", "state.previous.json",
                                                     "policy.kept.json", "logs", "backup"};

/// Not trusted where it is known: a file system without security tells no owner.
bool isForeign(const PathElement& element, const std::string& account) {
  return !element.owner.empty() && !isTrustedAccount(element.owner, account);
}

Result<void> protect(const std::string& path, AdministratorsOnly& access) {
  // PROTECTED_DACL_SECURITY_INFORMATION, since 2000; the values for NT 4.0 do not have it.
  const DWORD protectedDacl = access.isProtected() ? 0x80000000 : 0;
  std::wstring name = toWide(path);
  const DWORD code =
      SetNamedSecurityInfoW(name.data(), SE_FILE_OBJECT,
                            OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION | protectedDacl,
                            access.administrators(), nullptr, access.acl(), nullptr);
  if (code != ERROR_SUCCESS && code != ERROR_NOT_SUPPORTED && code != ERROR_INVALID_FUNCTION) {
    return windowsError(path, code);  // not supported: FAT, where nothing can be protected
  }
  return {};
}

std::vector<std::string> entriesOf(const std::string& folder) {
  std::vector<std::string> names;
  WIN32_FIND_DATAW entry;
  const UniqueFind search(FindFirstFileW(toWide(folder + "\\*").c_str(), &entry));
  for (bool more = static_cast<bool>(search); more;
       more = FindNextFileW(search.get(), &entry) != FALSE) {
    if (const std::string name = toUtf8(entry.cFileName); name != "." && name != "..") {
      names.push_back(name);
    }
  }
  return names;
}

Result<std::vector<SetAside>> setAsideForeignEntries(const DataFolder& folder,
                                                     const std::string& account) {
  std::vector<SetAside> moved;
  for (const std::string& name : entriesOf(folder.root)) {
    const std::string path = folder.root + "\\" + name;
    const auto element = readPathElement(path);
    if (!element) {
      return element.error();
    }
    if (equalsIgnoringCase(path, folder.policyFile()) ||
        (!element->reparsePoint && !isForeign(*element, account))) {
      continue;
    }
    const auto target = moveAside(path, notOurs);
    if (!target) {
      return target.error();
    }
    moved.push_back({path, *target});
  }
  return moved;
}

/// The root is there already.
Result<std::vector<SetAside>> takeOver(const DataFolder& folder, AdministratorsOnly& access) {
  const auto root = readPathElement(folder.root);
  if (!root) {
    return root.error();
  }
  const std::string account = processAccountSid();
  if (root->reparsePoint && !isForeign(*root, account)) {
    return Error(ErrorKind::accessDenied, folder.root, 0, "is a link to another folder");
  }
  if (isForeign(*root, account)) {
    const auto target = moveAside(folder.root, notOurs);
    if (!target) {
      return target.error();
    }
    if (!CreateDirectoryW(toWide(folder.root).c_str(), access.attributes())) {
      return lastError(folder.root);  // also where it is there again
    }
    return std::vector<SetAside>{{folder.root, *target}};
  }
  const bool othersCouldWrite = !objectionsTo(*root, account).empty();
  if (auto done = protect(folder.root, access); !done) {
    return done.error();
  }
  return othersCouldWrite ? setAsideForeignEntries(folder, account) : std::vector<SetAside>{};
}

}  // namespace

std::vector<FolderLookup> commonFolderLookups() {
  return {askShell, askRegistry, askProfile};
}

bool isWrittenByService(std::string_view name) {
  if (name.ends_with(beside)) {
    name.remove_suffix(beside.size());
  }
  return std::ranges::any_of(written,
                             [&](std::string_view ours) { return equalsIgnoringCase(ours, name); });
}

Result<DataFolder> findDataFolder(const std::vector<FolderLookup>& lookups) {
  for (const FolderLookup& lookup : lookups) {
    if (const auto path = lookup(); path && !path->empty()) {
      return DataFolder{*path + "\\ImsHealth"};
    }
  }
  return Error(ErrorKind::missing, "common application data", 0,
               "this system does not name the folder");
}

Result<std::vector<SetAside>> makeDataFolder(const DataFolder& folder) {
  AdministratorsOnly access;
  std::vector<SetAside> moved;
  const auto makeRoot = [&]() -> DWORD {
    return CreateDirectoryW(toWide(folder.root).c_str(), access.attributes()) ? ERROR_SUCCESS
                                                                              : GetLastError();
  };
  DWORD code = makeRoot();
  if (code == ERROR_PATH_NOT_FOUND) {  // NT 4.0: the folder above may be missing
    if (auto made = makeFolder(folder.root.substr(0, folder.root.rfind('\\')), nullptr); !made) {
      return made.error();
    }
    code = makeRoot();
  }
  if (code == ERROR_ALREADY_EXISTS) {
    auto taken = takeOver(folder, access);
    if (!taken) {
      return taken.error();
    }
    moved = std::move(*taken);
  } else if (code != ERROR_SUCCESS) {
    return windowsError(folder.root, code);
  }
  for (const std::string& path : {folder.logs(), folder.backup()}) {
    if (auto made = makeFolder(path, nullptr); !made) {
      return made.error();
    }
  }
  return moved;
}

}  // namespace imshealth
