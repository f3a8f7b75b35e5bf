// What EvtRender puts into the caller's buffer for a record.
#pragma once

#include "tests/lab/eventlog/store.h"

#include <windows.h>
#include <winevt.h>

#include <vector>

namespace lab {

// The values of a context, followed by what they point to. Sizes are bytes.
// Returns 0 or ERROR_INSUFFICIENT_BUFFER; `used` is what the whole needs.
DWORD renderSystem(const Event& event, void* buffer, DWORD size, DWORD* used, DWORD* count);
DWORD renderUser(const Event& event, void* buffer, DWORD size, DWORD* used, DWORD* count);
std::wstring renderXml(const Event& event);

}  // namespace lab
