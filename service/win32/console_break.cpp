#include "service/win32/console_break.h"

#include "service/win32/sdk.h"

#include <mutex>
#include <utility>

namespace imshealth {
namespace {

std::mutex guard;  // the handler has no context of its own
std::function<void()> callback;

BOOL WINAPI handler(DWORD event) {
  {
    const std::lock_guard lock(guard);
    if (callback) {
      callback();
    }
  }
  if (event != CTRL_C_EVENT && event != CTRL_BREAK_EVENT) {
    // A closed window, or a log-off or shutdown where the system tells of it (from Windows 7 on it
    // does not tell a program with user32.dll): the process ends when this returns (HandlerRoutine
    // and SetConsoleCtrlHandler, remarks). So main ends it first, if it can within the time that
    // the system gives.
    Sleep(INFINITE);
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
