#include "service/win32/console_break.h"

#include "service/win32/sdk.h"

#include <mutex>
#include <utility>

namespace imshealth {
namespace {

std::mutex guard;  // the handler has no context of its own
std::function<void()> callback;

BOOL WINAPI handler(DWORD) {
  const std::lock_guard lock(guard);
  if (callback) {
    callback();
  }
  return TRUE;
}

}  // namespace

ConsoleBreak::ConsoleBreak(std::function<void()> onBreak) {
  const std::lock_guard lock(guard);
  callback = std::move(onBreak);
  SetConsoleCtrlHandler(handler, TRUE);
}

ConsoleBreak::~ConsoleBreak() {
  SetConsoleCtrlHandler(handler, FALSE);
  const std::lock_guard lock(guard);
  callback = nullptr;
}

}  // namespace imshealth
