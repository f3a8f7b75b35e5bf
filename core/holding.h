// The repair lock for the length of a scope, where it is free.
#pragma once

#include "core/ports.h"

namespace imshealth {

/// Gives the lock back however the coroutine ends.
class Holding {
 public:
  explicit Holding(RepairLock& lock) : lock_(lock), held_(lock.tryAcquire()) {}
  ~Holding() {
    if (held_) {
      lock_.release();
    }
  }
  Holding(const Holding&) = delete;
  Holding& operator=(const Holding&) = delete;
  explicit operator bool() const { return held_; }

 private:
  RepairLock& lock_;
  bool held_;
};

}  // namespace imshealth
