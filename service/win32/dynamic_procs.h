// Functions newer than NT 4.0, looked up at run time. Modules come out of the system directory by
// their absolute path; nothing is searched for.
#pragma once

#include "service/win32/sdk.h"

namespace imshealth {

/// The module of this file name in the system directory, loaded once and kept; nullptr: not there.
HMODULE systemModule(const wchar_t* fileName);

/// nullptr: the system does not have it.
FARPROC systemProc(const wchar_t* fileName, const char* name);

template <class Function>
Function* systemFunction(const wchar_t* fileName, const char* name) {
  return reinterpret_cast<Function*>(reinterpret_cast<void*>(systemProc(fileName, name)));
}

}  // namespace imshealth
