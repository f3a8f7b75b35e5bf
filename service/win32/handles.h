// The kinds of handles that the program owns.
#pragma once

#include "service/win32/unique_resource.h"

namespace imshealth {

/// Events, processes, threads, mutexes, jobs, tokens: "none" is NULL.
struct HandleTraits {
  using Value = HANDLE;
  static Value invalid() { return nullptr; }
  static void close(Value value) { CloseHandle(value); }
};
using UniqueHandle = UniqueResource<HandleTraits>;

/// Files, folders and pipes: "none" is INVALID_HANDLE_VALUE.
struct FileTraits {
  using Value = HANDLE;
  static Value invalid() { return INVALID_HANDLE_VALUE; }
  static void close(Value value) { CloseHandle(value); }
};
using UniqueFile = UniqueResource<FileTraits>;

/// FindFirstFile.
struct FindTraits {
  using Value = HANDLE;
  static Value invalid() { return INVALID_HANDLE_VALUE; }
  static void close(Value value) { FindClose(value); }
};
using UniqueFind = UniqueResource<FindTraits>;

struct RegistryKeyTraits {
  using Value = HKEY;
  static Value invalid() { return nullptr; }
  static void close(Value value) { RegCloseKey(value); }
};
using UniqueRegistryKey = UniqueResource<RegistryKeyTraits>;

/// Service control manager and services.
struct ServiceHandleTraits {
  using Value = SC_HANDLE;
  static Value invalid() { return nullptr; }
  static void close(Value value) { CloseServiceHandle(value); }
};
using UniqueServiceHandle = UniqueResource<ServiceHandleTraits>;

/// RegisterEventSource: for writing.
struct EventWriterTraits {
  using Value = HANDLE;
  static Value invalid() { return nullptr; }
  static void close(Value value) { DeregisterEventSource(value); }
};
using UniqueEventWriter = UniqueResource<EventWriterTraits>;

/// OpenEventLog: for reading.
struct EventReaderTraits {
  using Value = HANDLE;
  static Value invalid() { return nullptr; }
  static void close(Value value) { CloseEventLog(value); }
};
using UniqueEventReader = UniqueResource<EventReaderTraits>;

struct ModuleTraits {
  using Value = HMODULE;
  static Value invalid() { return nullptr; }
  static void close(Value value) { FreeLibrary(value); }
};
using UniqueModule = UniqueResource<ModuleTraits>;

/// LocalAlloc'ed blocks: security descriptors, SIDs as text, messages.
struct LocalTraits {
  using Value = void*;
  static Value invalid() { return nullptr; }
  static void close(Value value) { LocalFree(value); }
};
using UniqueLocal = UniqueResource<LocalTraits>;

struct SidTraits {
  using Value = PSID;
  static Value invalid() { return nullptr; }
  static void close(Value value) { FreeSid(value); }
};
using UniqueSid = UniqueResource<SidTraits>;

}  // namespace imshealth
