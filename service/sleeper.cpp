#include "service/sleeper.h"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace asio = boost::asio;

namespace imshealth {

asio::awaitable<bool> TimerSleeper::sleep(Milliseconds duration) {
  if (!stop_.raised()) {
    const auto executor = co_await asio::this_coro::executor;
    asio::steady_timer timer(executor, duration);
    const StopSignal::Listener listener(stop_, [&timer] { timer.cancel(); });
    boost::system::error_code cancelled;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
  }
  co_return !stop_.raised();
}

}  // namespace imshealth
