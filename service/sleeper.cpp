#include "service/sleeper.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace asio = boost::asio;

namespace imshealth {

asio::awaitable<bool> TimerSleeper::sleep(Milliseconds duration) {
  if (!stop_.raised()) {
    asio::steady_timer timer(co_await asio::this_coro::executor, duration);
    const StopSignal::Listener listener(stop_, [&timer] { timer.cancel(); });
    co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
  }
  co_return !stop_.raised();
}

}  // namespace imshealth
