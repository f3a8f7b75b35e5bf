// A mutex that all processes of the machine share, whatever session they run in.
#pragma once

#include "core/error.h"
#include "service/win32/handles.h"

#include <string>

namespace imshealth {

/// Belongs to the thread that acquires it. Ends with its holder: an abandoned one counts as free.
/// Once made, its name stays ours until the object ends: else anyone could take it in between.
class NamedMutex {
 public:
  explicit NamedMutex(std::wstring name) : name_(std::move(name)) {}
  NamedMutex(const NamedMutex&) = delete;
  NamedMutex& operator=(const NamedMutex&) = delete;
  ~NamedMutex() { release(); }

  /// Makes it, or opens ours. Error kind accessDenied: somebody who is no administrator was quicker
  /// to make one of this name (anyone may), so that it locks nothing; it is tried again next time.
  Result<void> open();
  /// Opens it first. Error kind timedOut: another process of ours holds it. Acquiring what is held
  /// already is an error too.
  Result<void> acquire(DWORD milliseconds);
  void release();
  bool held() const { return held_; }

 private:
  std::wstring name_;
  UniqueHandle mutex_;
  bool held_ = false;
};

}  // namespace imshealth
