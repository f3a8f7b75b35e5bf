#include "service/win32/named_mutex.h"

#include "service/win32/access.h"
#include "service/win32/last_error.h"
#include "service/win32/text.h"

namespace imshealth {

Result<void> NamedMutex::open() {
  if (mutex_) {
    return {};
  }
  AdministratorsOnly access;
  mutex_.reset(CreateMutexW(access.attributes(), FALSE, (L"Global\\" + name_).c_str()));
  if (!mutex_ && (GetLastError() == ERROR_PATH_NOT_FOUND || GetLastError() == ERROR_INVALID_NAME)) {
    // NT 4.0 without Terminal Server has one name space and no backslash in it.
    mutex_.reset(CreateMutexW(access.attributes(), FALSE, name_.c_str()));
  }
  if (!mutex_) {
    return lastError("mutex " + toUtf8(name_));
  }
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
    case WAIT_ABANDONED:
      held_ = true;
      return {};
    case WAIT_TIMEOUT:
      return Error(ErrorKind::timedOut, "mutex " + toUtf8(name_), 0, "held by another process");
    default:
      return lastError("mutex " + toUtf8(name_));
  }
}

void NamedMutex::release() {
  if (held_) {
    ReleaseMutex(mutex_.get());
    held_ = false;
  }
  mutex_.reset();
}

}  // namespace imshealth
