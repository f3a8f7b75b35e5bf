// What the service tells the service control manager: its state, check points, and how it ended.
#pragma once

#include "service/win32/sdk.h"

#include <mutex>

namespace imshealth {

/// Called by the SCM's thread and by the engine's.
class ServiceStatus {
 public:
  using Report = BOOL(WINAPI*)(SERVICE_STATUS_HANDLE, SERVICE_STATUS*);

  /// `moreControls`: what is accepted beside STOP, PAUSE and CONTINUE while it runs.
  explicit ServiceStatus(DWORD moreControls, Report report = SetServiceStatus)
      : report_(report), moreControls_(moreControls) {}

  void attach(SERVICE_STATUS_HANDLE handle) { handle_ = handle; }

  void startPending() { enter(SERVICE_START_PENDING); }
  void running() { enter(SERVICE_RUNNING); }
  void paused() { enter(SERVICE_PAUSED); }
  void stopPending() { enter(SERVICE_STOP_PENDING); }
  /// The last call of the service main. `serviceCode` 0: stopped as it was told to.
  void stopped(DWORD serviceCode);

  /// Real progress in a pending state; nothing otherwise.
  void progress();
  DWORD state() const;

 private:
  void enter(DWORD state);
  void tell();

  mutable std::mutex mutex_;
  Report report_;
  DWORD moreControls_;
  SERVICE_STATUS_HANDLE handle_ = nullptr;
  DWORD state_ = SERVICE_STOPPED;
  DWORD checkPoint_ = 0;
  DWORD serviceCode_ = 0;
};

}  // namespace imshealth
