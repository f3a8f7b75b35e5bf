/* Own import slots for what the toolchain's prebuilt parts (libstdc++, winpthreads) and Asio import though
   NT 4.0 does not have it. A call through an import goes by a pointer named __imp_<symbol>; the import
   library's own definition is only taken where the name is still undefined when it is read. Each slot starts
   at a function of ours that looks the real one up, keeps it or the fallback in the slot, and calls it.
   Must be linked as an object file, not out of an archive, where it would be looked at too early.
   The first calls come before main, from winpthreads: nothing but kernel32 may be used here. */

#include "service/win32/import_lookup.h"

#include <errno.h>
#include <io.h>
#include <stdlib.h>
#include <sys/stat.h>

#define SLOT(name, bytes, type) \
  extern type slot_##name __asm__("__imp__" #name "@" #bytes)

/* Resolved once; two threads that do it at once store the same value. */
#define RESOLVE(name, type, fallback)                      \
  do {                                                     \
    const FARPROC found = lookUpImport("kernel32.dll", #name); \
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
  DWORD milliseconds, threadId;
  LONG owners; /* the thread and whoever registered; the last one to go frees it */
};

static void leave(struct Wait* wait) {
  if (InterlockedDecrement(&wait->owners) == 0) {
    CloseHandle(wait->thread);
    CloseHandle(wait->cancel);
    free(wait);
  }
}

static DWORD WINAPI waitInThread(LPVOID parameter) {
  struct Wait* wait = parameter;
  const HANDLE handles[2] = {wait->cancel, wait->object};
  const DWORD result = WaitForMultipleObjects(2, handles, FALSE, wait->milliseconds);
  if (result != WAIT_OBJECT_0) {
    wait->callback(wait->context, result == WAIT_TIMEOUT);
  }
  leave(wait);
  return 0;
}

typedef BOOL(WINAPI* RegisterWait)(PHANDLE, HANDLE, WAITORTIMERCALLBACK, PVOID, ULONG, ULONG);
static BOOL WINAPI threadRegisterWait(PHANDLE result, HANDLE object, WAITORTIMERCALLBACK callback,
                                      PVOID context, ULONG milliseconds, ULONG flags) {
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
  wait->owners = 2;
  wait->cancel = CreateEventA(NULL, TRUE, FALSE, NULL);
  if (wait->cancel != NULL) {
    /* Suspended, so that the thread finds its own handle, and the caller the wait's, before the callback. */
    wait->thread = CreateThread(NULL, 0, waitInThread, wait, CREATE_SUSPENDED, &wait->threadId);
  }
  if (wait->thread == NULL) {
    const DWORD code = GetLastError();
    if (wait->cancel != NULL) {
      CloseHandle(wait->cancel);
    }
    free(wait);
    SetLastError(code);
    return FALSE;
  }
  *result = wait;
  ResumeThread(wait->thread);
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
  /* INVALID_HANDLE_VALUE: a running callback has ended when this returns. NULL: at once, which is what Asio
     asks for inside the callback itself, with a lock held that the callback took. */
  SetEvent(wait->cancel);
  if (completion == INVALID_HANDLE_VALUE && wait->threadId != GetCurrentThreadId()) {
    WaitForSingleObject(wait->thread, INFINITE);
  }
  leave(wait);
  return TRUE;
}
static BOOL WINAPI firstUnregisterWait(HANDLE handle, HANDLE completion);
SLOT(UnregisterWaitEx, 8, UnregisterWaitTo);
UnregisterWaitTo slot_UnregisterWaitEx = firstUnregisterWait;
static BOOL WINAPI firstUnregisterWait(HANDLE handle, HANDLE completion) {
  RESOLVE(UnregisterWaitEx, UnregisterWaitTo, threadUnregisterWait);
  return slot_UnregisterWaitEx(handle, completion);
}

/* --- 2000: Asio asks whether it runs on Vista or later. Below 2000 the answer is no ----------------------- */

typedef ULONGLONG(WINAPI* SetCondition)(ULONGLONG, DWORD, BYTE);
static ULONGLONG WINAPI noCondition(ULONGLONG mask, DWORD type, BYTE condition) {
  (void)type;
  (void)condition;
  return mask;
}
static ULONGLONG WINAPI firstSetCondition(ULONGLONG mask, DWORD type, BYTE condition);
SLOT(VerSetConditionMask, 16, SetCondition);
SetCondition slot_VerSetConditionMask = firstSetCondition;
static ULONGLONG WINAPI firstSetCondition(ULONGLONG mask, DWORD type, BYTE condition) {
  RESOLVE(VerSetConditionMask, SetCondition, noCondition);
  return slot_VerSetConditionMask(mask, type, condition);
}

typedef BOOL(WINAPI* VerifyVersion)(void*, DWORD, ULONGLONG);
static BOOL WINAPI isOlder(void* version, DWORD types, ULONGLONG conditions) {
  (void)version;
  (void)types;
  (void)conditions;
  SetLastError(ERROR_OLD_WIN_VERSION);
  return FALSE;
}
static BOOL WINAPI firstVerifyVersionA(void* version, DWORD types, ULONGLONG conditions);
SLOT(VerifyVersionInfoA, 16, VerifyVersion);
VerifyVersion slot_VerifyVersionInfoA = firstVerifyVersionA;
static BOOL WINAPI firstVerifyVersionA(void* version, DWORD types, ULONGLONG conditions) {
  RESOLVE(VerifyVersionInfoA, VerifyVersion, isOlder);
  return slot_VerifyVersionInfoA(version, types, conditions);
}
static BOOL WINAPI firstVerifyVersionW(void* version, DWORD types, ULONGLONG conditions);
SLOT(VerifyVersionInfoW, 16, VerifyVersion);
VerifyVersion slot_VerifyVersionInfoW = firstVerifyVersionW;
static BOOL WINAPI firstVerifyVersionW(void* version, DWORD types, ULONGLONG conditions) {
  RESOLVE(VerifyVersionInfoW, VerifyVersion, isOlder);
  return slot_VerifyVersionInfoW(version, types, conditions);
}

/* --- 2000: libstdc++'s files and folders ------------------------------------------------------------------ */

typedef BOOL(WINAPI* FileSize)(HANDLE, LARGE_INTEGER*);
static BOOL WINAPI sizeInHalves(HANDLE file, LARGE_INTEGER* size) {
  DWORD high = 0;
  SetLastError(NO_ERROR);
  size->LowPart = GetFileSize(file, &high);
  size->HighPart = (LONG)high;
  return size->LowPart != INVALID_FILE_SIZE || GetLastError() == NO_ERROR;
}
static BOOL WINAPI firstFileSize(HANDLE file, LARGE_INTEGER* size);
SLOT(GetFileSizeEx, 8, FileSize);
FileSize slot_GetFileSizeEx = firstFileSize;
static BOOL WINAPI firstFileSize(HANDLE file, LARGE_INTEGER* size) {
  RESOLVE(GetFileSizeEx, FileSize, sizeInHalves);
  return slot_GetFileSizeEx(file, size);
}

typedef BOOL(WINAPI* HardLink)(LPCWSTR, LPCWSTR, LPSECURITY_ATTRIBUTES);
static BOOL WINAPI noHardLink(LPCWSTR name, LPCWSTR existing, LPSECURITY_ATTRIBUTES security) {
  (void)name;
  (void)existing;
  (void)security;
  SetLastError(ERROR_CALL_NOT_IMPLEMENTED);
  return FALSE;
}
static BOOL WINAPI firstHardLink(LPCWSTR name, LPCWSTR existing, LPSECURITY_ATTRIBUTES security);
SLOT(CreateHardLinkW, 12, HardLink);
HardLink slot_CreateHardLinkW = firstHardLink;
static BOOL WINAPI firstHardLink(LPCWSTR name, LPCWSTR existing, LPSECURITY_ATTRIBUTES security) {
  RESOLVE(CreateHardLinkW, HardLink, noHardLink);
  return slot_CreateHardLinkW(name, existing, security);
}

typedef HANDLE(WINAPI* FirstVolume)(LPWSTR, DWORD);
static HANDLE WINAPI noFirstVolume(LPWSTR name, DWORD size) {
  (void)name;
  (void)size;
  SetLastError(ERROR_CALL_NOT_IMPLEMENTED);
  return INVALID_HANDLE_VALUE;
}
static HANDLE WINAPI firstFirstVolume(LPWSTR name, DWORD size);
SLOT(FindFirstVolumeW, 8, FirstVolume);
FirstVolume slot_FindFirstVolumeW = firstFirstVolume;
static HANDLE WINAPI firstFirstVolume(LPWSTR name, DWORD size) {
  RESOLVE(FindFirstVolumeW, FirstVolume, noFirstVolume);
  return slot_FindFirstVolumeW(name, size);
}

typedef BOOL(WINAPI* NextVolume)(HANDLE, LPWSTR, DWORD);
static BOOL WINAPI noNextVolume(HANDLE volumes, LPWSTR name, DWORD size) {
  (void)volumes;
  (void)name;
  (void)size;
  SetLastError(ERROR_NO_MORE_FILES);
  return FALSE;
}
static BOOL WINAPI firstNextVolume(HANDLE volumes, LPWSTR name, DWORD size);
SLOT(FindNextVolumeW, 12, NextVolume);
NextVolume slot_FindNextVolumeW = firstNextVolume;
static BOOL WINAPI firstNextVolume(HANDLE volumes, LPWSTR name, DWORD size) {
  RESOLVE(FindNextVolumeW, NextVolume, noNextVolume);
  return slot_FindNextVolumeW(volumes, name, size);
}

typedef BOOL(WINAPI* CloseVolume)(HANDLE);
static BOOL WINAPI noCloseVolume(HANDLE volumes) {
  (void)volumes;
  return TRUE;
}
static BOOL WINAPI firstCloseVolume(HANDLE volumes);
SLOT(FindVolumeClose, 4, CloseVolume);
CloseVolume slot_FindVolumeClose = firstCloseVolume;
static BOOL WINAPI firstCloseVolume(HANDLE volumes) {
  RESOLVE(FindVolumeClose, CloseVolume, noCloseVolume);
  return slot_FindVolumeClose(volumes);
}

/* --- 2000: 64-bit times of files in msvcrt. NT 4.0's has 64-bit sizes with 32-bit times ------------------- */

static void widen(struct _stat64* to, const struct _stat32i64* from) {
  to->st_dev = from->st_dev;
  to->st_ino = from->st_ino;
  to->st_mode = from->st_mode;
  to->st_nlink = from->st_nlink;
  to->st_uid = from->st_uid;
  to->st_gid = from->st_gid;
  to->st_rdev = from->st_rdev;
  to->st_size = from->st_size;
  to->st_atime = from->st_atime;
  to->st_mtime = from->st_mtime;
  to->st_ctime = from->st_ctime;
}

typedef int(__cdecl* StatOpen)(int, struct _stat64*);
static int __cdecl statOpenNarrow(int file, struct _stat64* status) {
  struct _stat32i64 narrow;
  const int result = _fstat32i64(file, &narrow);
  if (result == 0) {
    widen(status, &narrow);
  }
  return result;
}
static int __cdecl firstStatOpen(int file, struct _stat64* status);
StatOpen slotStatOpen __asm__("__imp___fstat64") = firstStatOpen;
static int __cdecl firstStatOpen(int file, struct _stat64* status) {
  const FARPROC found = lookUpImport("msvcrt.dll", "_fstat64");
  slotStatOpen = found ? (StatOpen)found : statOpenNarrow;
  return slotStatOpen(file, status);
}

typedef int(__cdecl* StatPath)(const wchar_t*, struct _stat64*);
static int __cdecl statPathNarrow(const wchar_t* path, struct _stat64* status) {
  struct _stat32i64 narrow;
  const int result = _wstat32i64(path, &narrow);
  if (result == 0) {
    widen(status, &narrow);
  }
  return result;
}
static int __cdecl firstStatPath(const wchar_t* path, struct _stat64* status);
StatPath slotStatPath __asm__("__imp___wstat64") = firstStatPath;
static int __cdecl firstStatPath(const wchar_t* path, struct _stat64* status) {
  const FARPROC found = lookUpImport("msvcrt.dll", "_wstat64");
  slotStatPath = found ? (StatPath)found : statPathNarrow;
  return slotStatPath(path, status);
}
