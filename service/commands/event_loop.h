// Runs one coroutine to its end on a loop of its own.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>

namespace imshealth {

inline void runToEnd(boost::asio::io_context& loop, boost::asio::awaitable<void> work) {
  boost::asio::co_spawn(loop, std::move(work), [&loop](std::exception_ptr failure) {
    loop.stop();
    if (failure) {
      std::rethrow_exception(failure);
    }
  });
  loop.run();
}

}  // namespace imshealth
