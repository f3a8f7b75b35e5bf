#include "service/win32/import_lookup.h"

FARPROC lookUpImport(const char* name) {
  return GetProcAddress(GetModuleHandleA("kernel32.dll"), name);
}
