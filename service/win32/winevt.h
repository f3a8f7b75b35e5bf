// wevtapi.dll, loaded at run time and only on Windows Vista and later. Its header shows its
// contents to newer targets only than the one this program is built for.
#pragma once

#include "service/win32/sdk.h"

#pragma push_macro("_WIN32_WINNT")
#undef _WIN32_WINNT
#define _WIN32_WINNT 0x0600
#include <winevt.h>
#pragma pop_macro("_WIN32_WINNT")

namespace imshealth {

struct WinevtFunctions {
  decltype(&::EvtSubscribe) subscribe = nullptr;
  decltype(&::EvtQuery) query = nullptr;
  decltype(&::EvtSeek) seek = nullptr;
  decltype(&::EvtNext) next = nullptr;
  decltype(&::EvtClose) close = nullptr;
  decltype(&::EvtRender) render = nullptr;
  decltype(&::EvtCreateRenderContext) createRenderContext = nullptr;
  decltype(&::EvtCreateBookmark) createBookmark = nullptr;
  decltype(&::EvtUpdateBookmark) updateBookmark = nullptr;
  decltype(&::EvtOpenLog) openLog = nullptr;
  decltype(&::EvtGetLogInfo) getLogInfo = nullptr;
};

/// nullptr: the system is older, or a function is missing. Looked up once.
const WinevtFunctions* winevtFunctions();

}  // namespace imshealth
