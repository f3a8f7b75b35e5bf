// "The program is to stop", said once. Raised on the engine's thread; a kernel event carries it to
// waits that happen elsewhere, listeners end what is under way on the engine's thread.
#pragma once

#include "service/win32/handles.h"

#include <functional>
#include <list>

namespace imshealth {

class StopSignal {
  using Listeners = std::list<std::function<void()>>;

 public:
  StopSignal();
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;

  /// Engine's thread only. Idempotent.
  void raise();
  bool raised() const { return raised_; }

  /// Manual-reset event, signalled from raise() on. Lives as long as this object.
  HANDLE event() const { return event_.get(); }

  /// Ends the listening at its own end.
  class Listener {
   public:
    Listener(StopSignal&, std::function<void()> onRaise);
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;
    ~Listener();

   private:
    StopSignal& signal_;
    Listeners::iterator place_;
  };

 private:
  UniqueHandle event_;
  Listeners listeners_;
  bool raised_ = false;
};

}  // namespace imshealth
