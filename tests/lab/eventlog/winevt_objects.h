// What is behind the handles of wevtapi.
#pragma once

#include "tests/lab/eventlog/bookmark.h"
#include "tests/lab/eventlog/saved_log.h"
#include "tests/lab/eventlog/store.h"
#include "tests/lab/eventlog/xpath.h"

#include <windows.h>
#include <winevt.h>

#include <memory>
#include <optional>

namespace lab {

// One object behind any EVT_HANDLE.
struct Object {
  virtual ~Object() = default;
};

struct Results : Object {
  Filter filter;
  Store::Stamp opened;
  std::uint64_t position = 0;  // a forward read looks here next
  std::uint64_t end = 0;       // where a query ends; a subscription has no end
  bool subscription = false;
  bool strict = false;
  bool backwards = false;
  bool skipFirst = false;  // an empty bookmark loses the first match
  unsigned listening = 0;
  std::optional<SavedLog> file;  // what the query found in a file; positions count from 0
  ~Results() override;
};

struct EventObject : Object {
  Event event;
};

struct BookmarkObject : Object {
  Bookmark bookmark;
};

struct Context : Object {
  DWORD kind = EvtRenderContextSystem;
};

struct LogObject : Object {
  std::optional<Store::Range> file;  // of a saved log
};

// A new handle of the process.
EVT_HANDLE give(std::unique_ptr<Object> object);
// Nothing: that is no handle.
Object* findObject(EVT_HANDLE handle);
// The object is no longer to be found.
std::unique_ptr<Object> take(EVT_HANDLE handle);

// Nothing: that is no handle of this kind.
template <class T>
T* find(EVT_HANDLE handle) {
  return dynamic_cast<T*>(findObject(handle));
}

}  // namespace lab
