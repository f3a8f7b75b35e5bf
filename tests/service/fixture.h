// What the adapter tests share: files beside the test program, a folder of their own, a loop for
// coroutines.
#pragma once

#include "service/win32/handles.h"
#include "service/win32/text.h"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <optional>
#include <string>

namespace imshealth::test {

/// A file beside the test program.
inline std::string beside(const std::string& name) {
  wchar_t path[MAX_PATH];
  const std::wstring own(path, GetModuleFileNameW(nullptr, path, MAX_PATH));
  return toUtf8(own.substr(0, own.rfind(L'\\') + 1)) + name;
}

/// A new folder below the temporary one; it stays until the prefix goes.
inline std::string newFolder() {
  wchar_t path[MAX_PATH];
  const std::wstring temporary(path, GetTempPathW(MAX_PATH, path));
  static int count = 0;
  const std::wstring folder = temporary + L"imshealth-" + std::to_wstring(GetCurrentProcessId()) +
                              L"-" + std::to_wstring(++count);
  CreateDirectoryW(folder.c_str(), nullptr);
  return toUtf8(folder);
}

/// Runs a coroutine to its end.
template <class T>
T await(boost::asio::io_context& loop, boost::asio::awaitable<T> work) {
  std::optional<T> result;
  std::exception_ptr failure;
  boost::asio::co_spawn(loop, std::move(work), [&](std::exception_ptr error, auto value) {
    failure = error;
    result.emplace(std::move(value));
  });
  loop.restart();
  loop.run();
  if (failure) {
    std::rethrow_exception(failure);
  }
  return std::move(*result);
}

}  // namespace imshealth::test
