#include "service/service_status.h"

namespace imshealth {
namespace {

constexpr DWORD waitHint = 10'000;  // milliseconds until the next check point, at most

bool isPending(DWORD state) {
  return state == SERVICE_START_PENDING || state == SERVICE_STOP_PENDING;
}

}  // namespace

void ServiceStatus::enter(DWORD state) {
  const std::lock_guard lock(mutex_);
  // There is no way back from stopping: a late pause or "running" must not hide it.
  if ((state_ == SERVICE_STOP_PENDING && state != SERVICE_STOPPED)) {
    return;
  }
  checkPoint_ = 0;
  state_ = state;
  tell();
}

void ServiceStatus::stopped(DWORD serviceCode) {
  serviceCode_ = serviceCode;
  enter(SERVICE_STOPPED);
}

void ServiceStatus::progress() {
  const std::lock_guard lock(mutex_);
  if (isPending(state_)) {
    tell();
  }
}

DWORD ServiceStatus::state() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

void ServiceStatus::tell() {
  SERVICE_STATUS status{};
  status.dwServiceType = SERVICE_WIN32_OWN_PROCESS;
  status.dwCurrentState = state_;
  if (state_ == SERVICE_RUNNING || state_ == SERVICE_PAUSED) {
    status.dwControlsAccepted = SERVICE_ACCEPT_STOP | SERVICE_ACCEPT_PAUSE_CONTINUE | moreControls_;
  }
  if (serviceCode_ != 0) {
    status.dwWin32ExitCode = ERROR_SERVICE_SPECIFIC_ERROR;
    status.dwServiceSpecificExitCode = serviceCode_;
  }
  if (isPending(state_)) {
    status.dwCheckPoint = ++checkPoint_;
    status.dwWaitHint = waitHint;
  }
  report_(handle_, &status);
}

}  // namespace imshealth
