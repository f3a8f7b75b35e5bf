// The one place where the Windows headers come in, in the order they need (winsock2 before
// windows.h, or Asio refuses). What later headers define and 0x0500 hides is named here.
#pragma once

#include <windows.h>
#include <winsock2.h>

// Newer than NT 4.0; only ever used with functions that were looked up at run time.
#ifndef SERVICE_ACCEPT_PRESHUTDOWN
#define SERVICE_ACCEPT_PRESHUTDOWN 0x00000100
#endif
#ifndef SERVICE_CONTROL_PRESHUTDOWN
#define SERVICE_CONTROL_PRESHUTDOWN 0x0000000F
#endif
