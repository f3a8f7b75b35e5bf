// One counter operation at a time on the machine, service or command line.
#pragma once

#include "core/ports.h"
#include "service/log_file.h"
#include "service/win32/named_mutex.h"

namespace imshealth {

class MutexRepairLock : public RepairLock {
 public:
  /// Takes the name at once, before somebody else can. Where that fails, `tryAcquire` says so.
  explicit MutexRepairLock(LogFile& log) : log_(log) { (void)mutex_.open(); }

  bool tryAcquire() override {
    const auto acquired = mutex_.acquire(0);
    if (!acquired && acquired.error().kind == ErrorKind::timedOut) {
      log_.info("another process repairs now");
    } else if (!acquired) {
      log_.error("no repair now: " + acquired.error().describe());
    }
    return acquired.has_value();
  }
  void release() override { mutex_.release(); }

 private:
  LogFile& log_;
  NamedMutex mutex_{L"ImsHealthRepair"};
};

}  // namespace imshealth
