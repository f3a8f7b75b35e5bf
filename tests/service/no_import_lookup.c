/* Every import slot finds nothing, as on NT 4.0. */
#include "service/win32/import_lookup.h"

FARPROC lookUpImport(const char* module, const char* name) {
  (void)module;
  (void)name;
  return NULL;
}
