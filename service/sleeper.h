// Waiting on a timer of the event loop; a stop wakes it.
#pragma once

#include "core/async_ports.h"
#include "service/stop_signal.h"

namespace imshealth {

class TimerSleeper : public Sleeper {
 public:
  explicit TimerSleeper(StopSignal& stop) : stop_(stop) {}
  boost::asio::awaitable<bool> sleep(Milliseconds) override;

 private:
  StopSignal& stop_;
};

}  // namespace imshealth
