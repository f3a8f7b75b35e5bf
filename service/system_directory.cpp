#include "service/system_directory.h"

#include "service/win32/dynamic_procs.h"
#include "service/win32/text.h"

namespace imshealth {
namespace {

using GetFolder = UINT WINAPI(LPWSTR, UINT);

std::string folder(GetFolder* get) {
  wchar_t path[MAX_PATH + 1];
  const UINT length = get(path, MAX_PATH);
  return length > 0 && length <= MAX_PATH ? toUtf8({path, length}) : std::string();
}

}  // namespace

std::string systemDirectory() {
  return folder(GetSystemDirectoryW);
}

std::string windowsDirectory() {
  // Since 2000.
  static const auto get = systemFunction<GetFolder>(L"kernel32.dll", "GetSystemWindowsDirectoryW");
  return folder(get != nullptr ? get : GetWindowsDirectoryW);
}

}  // namespace imshealth
