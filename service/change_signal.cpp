#include "service/change_signal.h"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <array>
#include <atomic>
#include <utility>

namespace imshealth {

struct ChangeSignal::Shared {
  explicit Shared(const boost::asio::any_io_executor& executor) : timer(executor) {}

  UniqueHandle changed;  // auto-reset
  UniqueHandle quit;     // manual-reset
  std::atomic<bool> posted{false};
  // The rest belongs to the executor's thread.
  boost::asio::steady_timer timer;
  bool signalled = false;
  bool stopped = false;
};

ChangeSignal::ChangeSignal(boost::asio::any_io_executor executor)
    : shared_(std::make_shared<Shared>(executor)) {
  shared_->changed = UniqueHandle(CreateEventW(nullptr, FALSE, FALSE, nullptr));
  shared_->quit = UniqueHandle(CreateEventW(nullptr, TRUE, FALSE, nullptr));
  if (!shared_->changed || !shared_->quit) {
    return;  // the safety check still comes every minute
  }
  waiter_ = std::thread([shared = shared_, executor = std::move(executor)] {
    const std::array<HANDLE, 2> handles{shared->quit.get(), shared->changed.get()};
    while (WaitForMultipleObjects(2, handles.data(), FALSE, INFINITE) == WAIT_OBJECT_0 + 1) {
      if (shared->posted.exchange(true)) {
        continue;  // the engine has not got round to the last one yet
      }
      boost::asio::post(executor, [shared] {
        shared->posted = false;
        shared->signalled = true;
        shared->timer.cancel();
      });
    }
  });
}

ChangeSignal::~ChangeSignal() {
  if (waiter_.joinable()) {
    SetEvent(shared_->quit.get());
    waiter_.join();
  }
}

HANDLE ChangeSignal::event() const {
  return shared_->changed.get();
}

boost::asio::awaitable<bool> ChangeSignal::wait(Milliseconds atMost) {
  const auto shared = shared_;
  if (!shared->signalled && !shared->stopped) {
    boost::system::error_code cancelled;
    shared->timer.expires_after(atMost);
    co_await shared->timer.async_wait(
        boost::asio::redirect_error(boost::asio::use_awaitable, cancelled));
  }
  shared->signalled = false;
  co_return !shared->stopped;
}

void ChangeSignal::stop() {
  shared_->stopped = true;
  shared_->timer.cancel();
}

}  // namespace imshealth
