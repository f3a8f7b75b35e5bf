#include "service/win32/import_lookup.h"

FARPROC lookUpImport(const char* module, const char* name) {
  return GetProcAddress(GetModuleHandleA(module), name);
}
