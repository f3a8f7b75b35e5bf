// What the adapter tests share: files beside the test program, a folder of their own, a loop for
// coroutines, who may touch an object.
#pragma once

#include "service/win32/handles.h"
#include "service/win32/sid_text.h"
#include "service/win32/text.h"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <fmt/format.h>

#include <aclapi.h>

#include <cstdint>
#include <exception>
#include <optional>
#include <string>
#include <vector>

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

/// As text, one line each: owner, protection from inheritance, entries of the access list. An entry
/// is its type, flags and mask in hexadecimal, and whom it is for.
inline std::string securityIn(PSECURITY_DESCRIPTOR descriptor) {
  SECURITY_DESCRIPTOR_CONTROL control = 0;
  DWORD revision = 0;
  PSID owner = nullptr;
  PACL list = nullptr;
  BOOL present = FALSE;
  BOOL defaulted = FALSE;
  if (!GetSecurityDescriptorControl(descriptor, &control, &revision) ||
      !GetSecurityDescriptorOwner(descriptor, &owner, &defaulted) ||
      !GetSecurityDescriptorDacl(descriptor, &present, &list, &defaulted)) {
    return "unreadable\n";
  }
  std::string text = "owner " + (owner != nullptr ? sidText(owner) : "nobody") + "\n";
  text += (control & SE_DACL_PROTECTED) != 0 ? "protected\n" : "";
  if (!present || list == nullptr) {
    return text + "everybody\n";
  }
  for (DWORD i = 0; i < list->AceCount; ++i) {
    void* found = nullptr;
    GetAce(list, i, &found);
    auto* entry = static_cast<ACCESS_ALLOWED_ACE*>(found);  // one for denial looks the same
    text += fmt::format("type {:x} flags {:x} mask {:x} {}\n", entry->Header.AceType,
                        entry->Header.AceFlags, entry->Mask, sidText(&entry->SidStart));
  }
  return text;
}

/// What the program makes: full control for SYSTEM and Administrators, handed on to what is made
/// below. Wine keeps the mask as it was given; Windows would show what GENERIC_ALL means for the
/// object.
constexpr const char* administratorsOnly =
    "owner S-1-5-32-544\n"
    "protected\n"
    "type 0 flags 3 mask 10000000 S-1-5-18\n"
    "type 0 flags 3 mask 10000000 S-1-5-32-544\n";

/// Of a kernel object; the handle has READ_CONTROL.
inline std::string securityOf(HANDLE object) {
  constexpr SECURITY_INFORMATION asked = OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION;
  DWORD size = 0;
  GetKernelObjectSecurity(object, asked, nullptr, 0, &size);
  std::vector<std::uint64_t> block(size / sizeof(std::uint64_t) + 1);  // aligned for the structure
  if (!GetKernelObjectSecurity(object, asked, block.data(), size, &size)) {
    return "unreadable\n";
  }
  return securityIn(block.data());
}

/// Of a file or folder.
inline std::string securityOf(const std::string& path) {
  std::wstring name = toWide(path);
  PSECURITY_DESCRIPTOR descriptor = nullptr;
  if (GetNamedSecurityInfoW(name.data(), SE_FILE_OBJECT,
                            OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION, nullptr,
                            nullptr, nullptr, nullptr, &descriptor) != ERROR_SUCCESS) {
    return "unreadable\n";
  }
  std::string text = securityIn(descriptor);
  LocalFree(descriptor);
  return text;
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
