#include "tests/lab/eventlog/listeners.h"

#include "tests/lab/eventlog/store.h"

#include <map>

namespace lab {
namespace {

struct Listeners {
  CRITICAL_SECTION lock;
  std::map<unsigned, std::function<void()>> callbacks;
  unsigned lastToken = 0;
  HANDLE event = nullptr;

  Listeners() { InitializeCriticalSection(&lock); }
};

Listeners& listeners() {
  static Listeners* all = new Listeners;
  return *all;
}

DWORD WINAPI run(void*) {
  Listeners& all = listeners();
  for (;;) {
    WaitForSingleObject(all.event, INFINITE);
    EnterCriticalSection(&all.lock);
    for (const auto& [token, callback] : all.callbacks) {
      callback();
    }
    LeaveCriticalSection(&all.lock);
  }
}

}  // namespace

unsigned listen(std::function<void()> callback) {
  Listeners& all = listeners();
  EnterCriticalSection(&all.lock);
  const unsigned token = ++all.lastToken;
  all.callbacks[token] = std::move(callback);
  if (all.event == nullptr) {
    // The address tells the two DLLs of one process apart.
    const DWORD pid = GetCurrentProcessId();
    const auto serial = static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(&all));
    all.event = CreateEventW(nullptr, FALSE, FALSE, Store::listenerEventName(pid, serial).c_str());
    Store::instance().addListener(pid, serial);
    CloseHandle(CreateThread(nullptr, 0, run, nullptr, 0, nullptr));
  }
  LeaveCriticalSection(&all.lock);
  return token;
}

void stopListening(unsigned token) {
  Listeners& all = listeners();
  EnterCriticalSection(&all.lock);
  all.callbacks.erase(token);
  LeaveCriticalSection(&all.lock);
}

}  // namespace lab
