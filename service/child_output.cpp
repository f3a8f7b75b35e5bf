#include "service/child_output.h"

#include "service/win32/access.h"
#include "service/win32/last_error.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/windows/object_handle.hpp>
#include <boost/asio/windows/stream_handle.hpp>

#include <array>
#include <memory>

namespace asio = boost::asio;

namespace imshealth {
namespace {

constexpr auto graceForOutput = std::chrono::seconds(1);

struct OutputPipe {
  UniqueFile reader;  ///< overlapped
  UniqueFile writer;  ///< inheritable
};

/// Anonymous pipes cannot be read overlapped; a named one that exists once, for the moment, can.
/// For SYSTEM and Administrators: by default everybody could open it before we do.
Result<OutputPipe> makePipe() {
  static unsigned count = 0;
  LARGE_INTEGER ticks;
  QueryPerformanceCounter(&ticks);
  const std::wstring name = L"\\\\.\\pipe\\imshealth-" + std::to_wstring(GetCurrentProcessId()) +
                            L"-" + std::to_wstring(++count) + L"-" +
                            std::to_wstring(ticks.QuadPart);
  AdministratorsOnly access;
  const auto create = [&](DWORD flags) {
    return CreateNamedPipeW(name.c_str(), PIPE_ACCESS_INBOUND | FILE_FLAG_OVERLAPPED | flags,
                            PIPE_TYPE_BYTE | PIPE_READMODE_BYTE | PIPE_WAIT, 1, 0, 65536, 0,
                            access.attributes());
  };
  OutputPipe pipe;
  pipe.reader.reset(create(FILE_FLAG_FIRST_PIPE_INSTANCE));
  if (!pipe.reader && GetLastError() == ERROR_INVALID_PARAMETER) {
    pipe.reader.reset(create(0));  // the flag came with Windows 2000 SP2
  }
  if (!pipe.reader) {
    return lastError("output pipe");
  }
  SECURITY_ATTRIBUTES inheritable{sizeof(SECURITY_ATTRIBUTES), nullptr, TRUE};
  pipe.writer.reset(
      CreateFileW(name.c_str(), GENERIC_WRITE, 0, &inheritable, OPEN_EXISTING, 0, nullptr));
  if (!pipe.writer) {
    return lastError("output pipe");
  }
  return pipe;
}

/// What reads on while the coroutine waits; shared with its completion handlers.
struct Drain : std::enable_shared_from_this<Drain> {
  Drain(const asio::any_io_executor& executor, HANDLE reader, std::size_t bound)
      : pipe(executor, reader), done(executor), limit(bound) {}

  void read() {
    pipe.async_read_some(
        asio::buffer(chunk),
        [self = shared_from_this()](const boost::system::error_code& error, std::size_t size) {
          const std::size_t room = self->limit - self->output.size();
          self->output.append(self->chunk.data(), size < room ? size : room);
          if (error) {  // as a rule: the last writer has closed its end
            self->atEnd = true;
            self->done.cancel();
          } else {
            self->read();
          }
        });
  }

  asio::windows::stream_handle pipe;
  asio::steady_timer done;
  std::array<char, 4096> chunk{};
  std::string output;
  std::size_t limit;
  bool atEnd = false;
};

/// What the notice of the exit changes; the notice may come when the coroutine has ended, since
/// `timer` may run out in the same moment.
struct Exit {
  Exit(const asio::any_io_executor& executor, Milliseconds deadline) : timer(executor, deadline) {}

  asio::steady_timer timer;
  bool seen = false;
};

UniqueHandle duplicate(HANDLE handle) {
  HANDLE copy = nullptr;
  DuplicateHandle(GetCurrentProcess(), handle, GetCurrentProcess(), &copy, 0, FALSE,
                  DUPLICATE_SAME_ACCESS);
  return UniqueHandle(copy);
}

}  // namespace

asio::awaitable<Result<ChildReport>> runChild(ChildStart start, Milliseconds deadline,
                                              std::size_t outputBound, StopSignal& stop,
                                              const ProcessFunctions& functions) {
  if (stop.raised()) {
    co_return Error(ErrorKind::stopped, start.program, 0, "not started: the program is to stop");
  }
  const auto executor = co_await asio::this_coro::executor;
  auto pipe = makePipe();
  if (!pipe) {
    co_return pipe.error();
  }
  start.output = pipe->writer.get();
  auto child = ChildProcess::start(start, functions);
  pipe->writer.reset();
  if (!child) {
    co_return child.error();
  }
  const auto drain = std::make_shared<Drain>(executor, pipe->reader.release(), outputBound);
  drain->read();

  const auto exit = std::make_shared<Exit>(executor, deadline);
  asio::windows::object_handle process(executor, duplicate(child->handle()).release());
  const StopSignal::Listener listener(stop, [exit] { exit->timer.cancel(); });
  process.async_wait([exit](const boost::system::error_code& error) {
    if (!error) {
      exit->seen = true;
      exit->timer.cancel();
    }
  });
  co_await exit->timer.async_wait(asio::as_tuple(asio::use_awaitable));

  ChildReport report;
  report.end = exit->seen      ? ChildEnd::exited
               : stop.raised() ? ChildEnd::stopped
                               : ChildEnd::timedOut;
  // The exit may be there though its notice is still under way.
  if (!exit->seen && WaitForSingleObject(child->handle(), 0) == WAIT_OBJECT_0) {
    report.end = ChildEnd::exited;
  }
  report.exitCode = report.end == ChildEnd::exited ? child->exitCode() : 0;
  child->end();  // descendants too: they may hold the pipe
  while (!exit->seen) {
    exit->timer.expires_after(graceForOutput);
    const auto [error] = co_await exit->timer.async_wait(asio::as_tuple(asio::use_awaitable));
    if (!error && !exit->seen) {
      process.cancel();  // cannot be ended (it hangs in a driver): left behind
      break;
    }
  }
  if (!drain->atEnd) {
    drain->done.expires_after(graceForOutput);
    co_await drain->done.async_wait(asio::as_tuple(asio::use_awaitable));
  }
  boost::system::error_code ignored;
  drain->pipe.close(ignored);
  report.output = std::move(drain->output);
  co_return report;
}

}  // namespace imshealth
