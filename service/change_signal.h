// Waiting for the event log's notification. A thread of its own does nothing but wait, since NT 4.0
// and 2000 pulse the event (NotifyChangeEventLog, remarks): who is not waiting at that instant
// misses it, and Asio's object_handle does not wait between a completion and the next async_wait.
// It would also need RegisterWaitForSingleObject, which NT 4.0 lacks.
#pragma once

#include "core/time.h"
#include "service/win32/handles.h"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <memory>
#include <thread>

namespace imshealth {

class ChangeSignal {
 public:
  explicit ChangeSignal(boost::asio::any_io_executor);
  ~ChangeSignal();
  ChangeSignal(const ChangeSignal&) = delete;
  ChangeSignal& operator=(const ChangeSignal&) = delete;

  /// Auto-reset; the log signals it, here it is reset before anybody drains. Valid as long as this.
  HANDLE event() const;

  /// Until the event was signalled (also since the last call) or `atMost` has passed. False:
  /// stopped.
  boost::asio::awaitable<bool> wait(Milliseconds atMost);
  void stop();

 private:
  struct Shared;

  std::shared_ptr<Shared> shared_;
  std::thread waiter_;
};

}  // namespace imshealth
