#include "service/win32/winevt.h"

#include "service/win32/dynamic_procs.h"

#include <type_traits>

namespace imshealth {
namespace {

/// The version decides, not the presence of the file: a wevtapi.dll on an older system is nobody's
/// friend.
bool isVistaOrLater() {
  OSVERSIONINFOW version{};
  version.dwOSVersionInfoSize = sizeof version;
  return GetVersionExW(&version) && version.dwPlatformId == VER_PLATFORM_WIN32_NT &&
         version.dwMajorVersion >= 6;
}

template <class Function>
bool find(Function& function, const char* name) {
  function = systemFunction<std::remove_pointer_t<Function>>(L"wevtapi.dll", name);
  return function != nullptr;
}

WinevtFunctions look(bool& complete) {
  WinevtFunctions found;
  complete = isVistaOrLater() && find(found.subscribe, "EvtSubscribe") &&
             find(found.query, "EvtQuery") && find(found.seek, "EvtSeek") &&
             find(found.next, "EvtNext") && find(found.close, "EvtClose") &&
             find(found.render, "EvtRender") &&
             find(found.createRenderContext, "EvtCreateRenderContext") &&
             find(found.createBookmark, "EvtCreateBookmark") &&
             find(found.updateBookmark, "EvtUpdateBookmark") && find(found.openLog, "EvtOpenLog") &&
             find(found.getLogInfo, "EvtGetLogInfo");
  return found;
}

}  // namespace

const WinevtFunctions* winevtFunctions() {
  static bool complete = false;
  static const WinevtFunctions functions = look(complete);
  return complete ? &functions : nullptr;
}

}  // namespace imshealth
