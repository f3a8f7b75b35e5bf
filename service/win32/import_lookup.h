/* Where an import slot looks for the real function. Apart, so that tests can link one that finds
   nothing and run everything on the fallbacks. */
#pragma once

#include <windows.h>

FARPROC lookUpImport(const char* module, const char* name);
