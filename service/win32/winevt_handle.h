// Handles of wevtapi.
#pragma once

#include "service/win32/unique_resource.h"
#include "service/win32/winevt.h"

namespace imshealth {

/// Only where winevtFunctions() has them: nobody else can have opened one.
struct EvtHandleTraits {
  using Value = EVT_HANDLE;
  static Value invalid() { return nullptr; }
  static void close(Value value) { winevtFunctions()->close(value); }
};
using UniqueEvtHandle = UniqueResource<EvtHandleTraits>;

}  // namespace imshealth
