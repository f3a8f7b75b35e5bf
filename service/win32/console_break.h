// Ctrl-C, Ctrl-Break and a closed window, for commands that run for a while.
#pragma once

#include <functional>

namespace imshealth {

/// While it lives, a break calls `onBreak` (on a thread of the system's: it may only post) instead
/// of ending the process; behind a closed window the system ends it some seconds later all the
/// same. One at a time.
class ConsoleBreak {
 public:
  explicit ConsoleBreak(std::function<void()> onBreak);
  ~ConsoleBreak();
  ConsoleBreak(const ConsoleBreak&) = delete;
  ConsoleBreak& operator=(const ConsoleBreak&) = delete;
};

}  // namespace imshealth
