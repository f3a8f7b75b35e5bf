#include "service/win32/named_mutex.h"

#include "service/win32/access.h"
#include "service/win32/last_error.h"
#include "service/win32/sid_text.h"
#include "service/win32/text.h"

#include <cstdint>
#include <vector>

namespace imshealth {
namespace {

/// Empty: it cannot be read.
std::string ownerOf(HANDLE object) {
  DWORD size = 0;
  GetKernelObjectSecurity(object, OWNER_SECURITY_INFORMATION, nullptr, 0, &size);
  std::vector<std::uint64_t> buffer(size / sizeof(std::uint64_t) + 1);  // aligned for the structure
  PSID owner = nullptr;
  BOOL defaulted = FALSE;
  if (size == 0 ||
      !GetKernelObjectSecurity(object, OWNER_SECURITY_INFORMATION, buffer.data(), size, &size) ||
      !GetSecurityDescriptorOwner(buffer.data(), &owner, &defaulted)) {
    return {};
  }
  return sidText(owner);
}

/// What our own processes make is owned by Administrators (AdministratorsOnly).
bool isOurs(const std::string& owner) {
  return owner == "S-1-5-32-544" || owner == "S-1-5-18" ||
         (!owner.empty() && owner == processAccountSid());
}

}  // namespace

Result<void> NamedMutex::open() {
  if (mutex_) {
    return {};
  }
  AdministratorsOnly access;
  UniqueHandle mutex(CreateMutexW(access.attributes(), FALSE, (L"Global\\" + name_).c_str()));
  DWORD code = GetLastError();
  if (!mutex && (code == ERROR_PATH_NOT_FOUND || code == ERROR_INVALID_NAME)) {
    // NT 4.0 without Terminal Server has one name space and no backslash in it.
    mutex.reset(CreateMutexW(access.attributes(), FALSE, name_.c_str()));
    code = GetLastError();
  }
  const std::string where = "mutex " + toUtf8(name_);
  if (!mutex) {
    return windowsError(where, code);
  }
  if (code == ERROR_ALREADY_EXISTS) {
    const std::string owner = ownerOf(mutex.get());
    if (!isOurs(owner)) {
      return Error(ErrorKind::accessDenied, where, 0,
                   "made by " + (owner.empty() ? std::string("somebody unknown") : owner) +
                       ", who is no administrator; end the program that holds it");
    }
  }
  mutex_ = std::move(mutex);
  return {};
}

Result<void> NamedMutex::acquire(DWORD milliseconds) {
  if (held_) {
    return Error(ErrorKind::inUse, "mutex " + toUtf8(name_), 0, "held already");
  }
  if (auto opened = open(); !opened) {
    return opened;
  }
  switch (WaitForSingleObject(mutex_.get(), milliseconds)) {
    case WAIT_OBJECT_0:
    case WAIT_ABANDONED: held_ = true; return {};
    case WAIT_TIMEOUT:
      return Error(ErrorKind::timedOut, "mutex " + toUtf8(name_), 0, "held by another process");
    default: return lastError("mutex " + toUtf8(name_));
  }
}

void NamedMutex::release() {
  if (held_) {
    ReleaseMutex(mutex_.get());
    held_ = false;
  }
}

}  // namespace imshealth
