/* Own import slots for Winsock, which Asio refers to and this program never starts (main.cpp). Without them the
   loader would take in WS2_32.dll before the first instruction, and before XP SP1 look for it in the current
   directory first, where anybody may have put one. Must be linked as an object file (see import_slots.c). */

#include <winsock2.h>

#ifdef _WIN64
#define SLOT(name, bytes) __asm__("__imp_" #name)
#else
#define SLOT(name, bytes) __asm__("__imp__" #name "@" #bytes)
#endif

static int WINAPI neverStarted(WORD version, LPWSADATA data) {
  (void)version;
  (void)data;
  return WSASYSNOTREADY;
}
int(WINAPI* slotStartup)(WORD, LPWSADATA) SLOT(WSAStartup, 8) = neverStarted;

static int WINAPI neverEnded(void) {
  return SOCKET_ERROR;
}
int(WINAPI* slotCleanup)(void) SLOT(WSACleanup, 0) = neverEnded;
