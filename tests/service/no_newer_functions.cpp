// Nothing that the program looks up at run time is there, as on NT 4.0. Linked instead of
// dynamic_procs.cpp, which an archive gives only where these are missing.
#include "service/win32/dynamic_procs.h"

namespace imshealth {

HMODULE systemModule(const wchar_t*) {
  return nullptr;
}

FARPROC systemProc(const wchar_t*, const char*) {
  return nullptr;
}

}  // namespace imshealth
