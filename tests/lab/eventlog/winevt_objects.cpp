#include "tests/lab/eventlog/winevt_objects.h"

#include "tests/lab/eventlog/listeners.h"

#include <set>

namespace lab {
namespace {

CRITICAL_SECTION* section() {
  static CRITICAL_SECTION* one = [] {
    auto* made = new CRITICAL_SECTION;
    InitializeCriticalSection(made);
    return made;
  }();
  return one;
}

struct Guard {
  Guard() { EnterCriticalSection(section()); }
  ~Guard() { LeaveCriticalSection(section()); }
  Guard(const Guard&) = delete;
  Guard& operator=(const Guard&) = delete;
};

std::set<Object*>& objects() {
  static auto* all = new std::set<Object*>;
  return *all;
}

}  // namespace

Results::~Results() {
  if (listening != 0) {
    stopListening(listening);
  }
}

EVT_HANDLE give(std::unique_ptr<Object> object) {
  Guard guard;
  Object* raw = object.release();
  objects().insert(raw);
  return raw;
}

Object* findObject(EVT_HANDLE handle) {
  Guard guard;
  const auto found = objects().find(static_cast<Object*>(handle));
  return found == objects().end() ? nullptr : *found;
}

std::unique_ptr<Object> take(EVT_HANDLE handle) {
  Guard guard;
  const auto found = objects().find(static_cast<Object*>(handle));
  if (found == objects().end()) {
    return nullptr;
  }
  std::unique_ptr<Object> object(*found);
  objects().erase(found);
  return object;
}

}  // namespace lab
