/* Own import slots for what the toolchain's prebuilt parts (libstdc++, winpthreads) and Asio import though
   NT 4.0 does not have it. A call through an import goes by a pointer named __imp_<symbol>; the import
   library's own definition is only taken where the name is still undefined when it is read. Each slot starts
   at a function of ours that looks the real one up, keeps it or the fallback in the slot, and calls it.
   Must be linked as an object file, not out of an archive, where it would be looked at too early.
   The first calls come before main, from winpthreads: nothing but kernel32 may be used here. */

#include "service/win32/import_lookup.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#define SLOT(name, bytes, type) \
  extern type slot_##name __asm__("__imp__" #name "@" #bytes)

/* Resolved once; two threads that do it at once store the same value. */
#define RESOLVE(name, type, fallback)                      \
  do {                                                     \
    const FARPROC found = lookUpImport(#name);             \
    slot_##name = found ? (type)found : (fallback);        \
  } while (0)

/* --- XP: winpthreads names threads for debuggers with it, and copes without ------------------------------ */

typedef PVOID(WINAPI* AddHandler)(ULONG, PVECTORED_EXCEPTION_HANDLER);
static PVOID WINAPI noAddHandler(ULONG first, PVECTORED_EXCEPTION_HANDLER handler) {
  (void)first;
  (void)handler;
  return NULL;
}
static PVOID WINAPI firstAddHandler(ULONG first, PVECTORED_EXCEPTION_HANDLER handler);
SLOT(AddVectoredExceptionHandler, 8, AddHandler);
AddHandler slot_AddVectoredExceptionHandler = firstAddHandler;
static PVOID WINAPI firstAddHandler(ULONG first, PVECTORED_EXCEPTION_HANDLER handler) {
  RESOLVE(AddVectoredExceptionHandler, AddHandler, noAddHandler);
  return slot_AddVectoredExceptionHandler(first, handler);
}

typedef ULONG(WINAPI* RemoveHandler)(PVOID);
static ULONG WINAPI noRemoveHandler(PVOID handle) {
  (void)handle;
  return 0;
}
static ULONG WINAPI firstRemoveHandler(PVOID handle);
SLOT(RemoveVectoredExceptionHandler, 4, RemoveHandler);
RemoveHandler slot_RemoveVectoredExceptionHandler = firstRemoveHandler;
static ULONG WINAPI firstRemoveHandler(PVOID handle) {
  RESOLVE(RemoveVectoredExceptionHandler, RemoveHandler, noRemoveHandler);
  return slot_RemoveVectoredExceptionHandler(handle);
}

/* --- Vista: winpthreads' timed waits. Right as long as it is called once in 49.7 days; the service's safety
       check does so every minute ------------------------------------------------------------------------- */

typedef ULONGLONG(WINAPI* TickCount)(void);
static ULONGLONG WINAPI countedTicks(void) {
  static volatile LONG lock;
  static DWORD last, wraps;
  ULONGLONG result;
  DWORD now;
  while (InterlockedExchange((LONG*)&lock, 1) != 0) {
    Sleep(0);
  }
  now = GetTickCount();
  if (now < last) {
    ++wraps;
  }
  last = now;
  result = (ULONGLONG)wraps << 32 | now;
  InterlockedExchange((LONG*)&lock, 0);
  return result;
}
static ULONGLONG WINAPI firstTickCount(void);
SLOT(GetTickCount64, 0, TickCount);
TickCount slot_GetTickCount64 = firstTickCount;
static ULONGLONG WINAPI firstTickCount(void) {
  RESOLVE(GetTickCount64, TickCount, countedTicks);
  return slot_GetTickCount64();
}

/* --- XP: msvcrt's aligned blocks. Always the own pair, so that no block is freed by the wrong one ---------- */

static void* __cdecl ownAlignedMalloc(size_t size, size_t alignment) {
  char* block;
  char* aligned;
  if (alignment < sizeof(void*)) {
    alignment = sizeof(void*);
  }
  if ((alignment & (alignment - 1)) != 0 || size > (size_t)-1 - alignment - sizeof(void*)) {
    errno = EINVAL;
    return NULL;
  }
  block = malloc(size + alignment + sizeof(void*));
  if (block == NULL) {
    return NULL;
  }
  aligned = (char*)(((size_t)block + sizeof(void*) + alignment - 1) & ~(alignment - 1));
  ((void**)aligned)[-1] = block;
  return aligned;
}
static void __cdecl ownAlignedFree(void* aligned) {
  if (aligned != NULL) {
    free(((void**)aligned)[-1]);
  }
}
void* (__cdecl* slotAlignedMalloc)(size_t, size_t) __asm__("__imp___aligned_malloc") = ownAlignedMalloc;
void (__cdecl* slotAlignedFree)(void*) __asm__("__imp___aligned_free") = ownAlignedFree;

/* --- 2000: Asio's object_handle. The fallback waits in a thread of its own -------------------------------- */

struct Wait {
  HANDLE object, cancel, thread;
  WAITORTIMERCALLBACK callback;
  PVOID context;
  DWORD milliseconds;
};

static DWORD WINAPI waitInThread(LPVOID parameter) {
  struct Wait* wait = parameter;
  const HANDLE handles[2] = {wait->cancel, wait->object};
  const DWORD result = WaitForMultipleObjects(2, handles, FALSE, wait->milliseconds);
  if (result != WAIT_OBJECT_0) {
    wait->callback(wait->context, result == WAIT_TIMEOUT);
  }
  return 0;
}

static void forget(struct Wait* wait) {
  if (wait->thread != NULL) {
    CloseHandle(wait->thread);
  }
  if (wait->cancel != NULL) {
    CloseHandle(wait->cancel);
  }
  free(wait);
}

typedef BOOL(WINAPI* RegisterWait)(PHANDLE, HANDLE, WAITORTIMERCALLBACK, PVOID, ULONG, ULONG);
static BOOL WINAPI threadRegisterWait(PHANDLE result, HANDLE object, WAITORTIMERCALLBACK callback,
                                      PVOID context, ULONG milliseconds, ULONG flags) {
  DWORD id;
  struct Wait* wait = calloc(1, sizeof *wait);
  (void)flags; /* Asio asks for one callback, which is what this gives */
  if (wait == NULL) {
    SetLastError(ERROR_NOT_ENOUGH_MEMORY);
    return FALSE;
  }
  wait->object = object;
  wait->callback = callback;
  wait->context = context;
  wait->milliseconds = milliseconds;
  wait->cancel = CreateEventA(NULL, TRUE, FALSE, NULL);
  *result = wait; /* before the callback can run */
  if (wait->cancel != NULL) {
    wait->thread = CreateThread(NULL, 0, waitInThread, wait, 0, &id);
  }
  if (wait->thread == NULL) {
    const DWORD code = GetLastError();
    forget(wait);
    *result = NULL;
    SetLastError(code);
    return FALSE;
  }
  return TRUE;
}
static BOOL WINAPI firstRegisterWait(PHANDLE result, HANDLE object, WAITORTIMERCALLBACK callback,
                                     PVOID context, ULONG milliseconds, ULONG flags);
SLOT(RegisterWaitForSingleObject, 24, RegisterWait);
RegisterWait slot_RegisterWaitForSingleObject = firstRegisterWait;
static BOOL WINAPI firstRegisterWait(PHANDLE result, HANDLE object, WAITORTIMERCALLBACK callback,
                                     PVOID context, ULONG milliseconds, ULONG flags) {
  RESOLVE(RegisterWaitForSingleObject, RegisterWait, threadRegisterWait);
  return slot_RegisterWaitForSingleObject(result, object, callback, context, milliseconds, flags);
}

typedef BOOL(WINAPI* UnregisterWaitTo)(HANDLE, HANDLE);
static BOOL WINAPI threadUnregisterWait(HANDLE handle, HANDLE completion) {
  struct Wait* wait = handle;
  (void)completion; /* Asio waits for running callbacks (INVALID_HANDLE_VALUE), and never in one */
  SetEvent(wait->cancel);
  WaitForSingleObject(wait->thread, INFINITE);
  forget(wait);
  return TRUE;
}
static BOOL WINAPI firstUnregisterWait(HANDLE handle, HANDLE completion);
SLOT(UnregisterWaitEx, 8, UnregisterWaitTo);
UnregisterWaitTo slot_UnregisterWaitEx = firstUnregisterWait;
static BOOL WINAPI firstUnregisterWait(HANDLE handle, HANDLE completion) {
  RESOLVE(UnregisterWaitEx, UnregisterWaitTo, threadUnregisterWait);
  return slot_UnregisterWaitEx(handle, completion);
}
