// One owning type for every kind of handle: move-only, explicit get(), closed exactly once. Closing
// keeps the thread's last error, so that a failing call can still be reported after clean-up.
#pragma once

#include "service/win32/sdk.h"

#include <utility>

namespace imshealth {

/// Traits: `Value`, `static Value invalid()`, `static void close(Value)`.
template <class Traits>
class UniqueResource {
 public:
  using Value = typename Traits::Value;

  UniqueResource() = default;
  explicit UniqueResource(Value value) : value_(value) {}
  UniqueResource(UniqueResource&& other) noexcept : value_(other.release()) {}
  UniqueResource& operator=(UniqueResource&& other) noexcept {
    if (this != &other) {
      reset(other.release());
    }
    return *this;
  }
  UniqueResource(const UniqueResource&) = delete;
  UniqueResource& operator=(const UniqueResource&) = delete;
  ~UniqueResource() { reset(); }

  Value get() const { return value_; }
  explicit operator bool() const { return value_ != Traits::invalid(); }

  /// Gives up ownership.
  [[nodiscard]] Value release() { return std::exchange(value_, Traits::invalid()); }

  void reset(Value value = Traits::invalid()) {
    const Value old = std::exchange(value_, value);
    if (old != Traits::invalid()) {
      const DWORD kept = GetLastError();
      Traits::close(old);
      SetLastError(kept);
    }
  }

  /// For functions that return a handle through a pointer; what was owned before is closed.
  Value* put() {
    reset();
    return &value_;
  }

 private:
  Value value_ = Traits::invalid();
};

}  // namespace imshealth
