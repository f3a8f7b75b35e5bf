#include "service/policy_watch.h"

#include "service/win32/text.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/windows/overlapped_ptr.hpp>
#include <boost/asio/windows/random_access_handle.hpp>

#include <utility>
#include <vector>

namespace asio = boost::asio;

namespace imshealth {
namespace {

using Folder = asio::windows::random_access_handle;
using Buffer = std::vector<DWORD>;  // aligned for FILE_NOTIFY_INFORMATION
constexpr std::size_t bufferSize = 4096;

/// Completes with error and number of bytes. None: more has changed than the buffer could take
/// (ReadDirectoryChangesW, remarks). What changes between two calls is kept for the second.
template <class Token>
auto readChanges(Folder& folder, Buffer& buffer, Token&& token) {
  return asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(
      [&folder, &buffer](auto handler) {
        asio::windows::overlapped_ptr overlapped(folder.get_executor(), std::move(handler));
        const BOOL begun = ReadDirectoryChangesW(
            folder.native_handle(), buffer.data(),
            static_cast<DWORD>(buffer.size() * sizeof buffer[0]), FALSE,
            FILE_NOTIFY_CHANGE_FILE_NAME | FILE_NOTIFY_CHANGE_LAST_WRITE | FILE_NOTIFY_CHANGE_SIZE,
            nullptr, overlapped.get(), nullptr);
        const DWORD error = GetLastError();
        if (begun || error == ERROR_IO_PENDING) {
          overlapped.release();
        } else {
          overlapped.complete(
              boost::system::error_code(static_cast<int>(error), boost::system::system_category()),
              0);
        }
      },
      token);
}

bool anyMatters(const Buffer& buffer, std::size_t bytes,
                const std::function<bool(const std::string&)>& matters) {
  if (bytes == 0) {
    return true;
  }
  const auto* at = reinterpret_cast<const unsigned char*>(buffer.data());
  for (;;) {
    const auto* change = reinterpret_cast<const FILE_NOTIFY_INFORMATION*>(at);
    const std::wstring name(change->FileName, change->FileNameLength / sizeof(wchar_t));
    if (matters(toUtf8(name))) {
      return true;
    }
    if (change->NextEntryOffset == 0) {
      return false;
    }
    at += change->NextEntryOffset;
  }
}

}  // namespace

asio::awaitable<void> watchFolder(std::string path, StopSignal& stop,
                                  std::function<bool(const std::string& name)> matters,
                                  std::function<asio::awaitable<void>()> onChange) {
  const HANDLE opened =
      CreateFileW(toWide(path).c_str(), FILE_LIST_DIRECTORY,
                  FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, nullptr, OPEN_EXISTING,
                  FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OVERLAPPED, nullptr);
  if (opened == INVALID_HANDLE_VALUE) {
    co_return;
  }
  const auto executor = co_await asio::this_coro::executor;
  Folder folder(executor, opened);
  Buffer buffer(bufferSize / sizeof(DWORD));
  // Asio's own cancel() does nothing before Vista, since it did not begin the operation itself. The
  // engine's one thread did, as CancelIo wants it.
  const StopSignal::Listener listener(stop, [&] { CancelIo(folder.native_handle()); });
  while (!stop.raised()) {
    const auto [error, bytes] =
        co_await readChanges(folder, buffer, asio::as_tuple(asio::use_awaitable));
    if (error || stop.raised()) {
      break;
    }
    if (anyMatters(buffer, bytes, matters)) {
      co_await onChange();
    }
  }
}

}  // namespace imshealth
