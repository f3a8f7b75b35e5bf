// One counter operation at a time on the machine, service or command line.
#pragma once

#include "core/ports.h"
#include "service/win32/named_mutex.h"

namespace imshealth {

class MutexRepairLock : public RepairLock {
 public:
  bool tryAcquire() override { return mutex_.acquire(0).has_value(); }
  void release() override { mutex_.release(); }

 private:
  NamedMutex mutex_{L"ImsHealthRepair"};
};

}  // namespace imshealth
