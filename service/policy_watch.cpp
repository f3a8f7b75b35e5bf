#include "service/policy_watch.h"

#include "service/win32/text.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/windows/object_handle.hpp>

namespace asio = boost::asio;

namespace imshealth {

asio::awaitable<void> watchFolder(std::string folder, StopSignal& stop,
                                  std::function<asio::awaitable<void>()> onChange) {
  const HANDLE notification = FindFirstChangeNotificationW(
      toWide(folder).c_str(), FALSE,
      FILE_NOTIFY_CHANGE_FILE_NAME | FILE_NOTIFY_CHANGE_LAST_WRITE | FILE_NOTIFY_CHANGE_SIZE);
  if (notification == INVALID_HANDLE_VALUE) {
    co_return;
  }
  const auto executor = co_await asio::this_coro::executor;
  // Owned from here on: on NT CloseHandle does what FindCloseChangeNotification does.
  asio::windows::object_handle changed(executor, notification);
  const StopSignal::Listener listener(stop, [&] {
    boost::system::error_code ignored;
    changed.cancel(ignored);
  });
  while (!stop.raised()) {
    const auto [error] = co_await changed.async_wait(asio::as_tuple(asio::use_awaitable));
    if (error || stop.raised() || !FindNextChangeNotification(notification)) {
      break;
    }
    co_await onChange();
  }
}

}  // namespace imshealth
