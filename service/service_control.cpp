#include "service/service_control.h"

namespace imshealth {

DWORD acceptedBeyondStop(DWORD osMajor) {
  DWORD accepted = SERVICE_ACCEPT_SHUTDOWN;
  if (osMajor >= 5) {
    accepted |= SERVICE_ACCEPT_PARAMCHANGE;
  }
  if (osMajor >= 6) {
    accepted |= SERVICE_ACCEPT_PRESHUTDOWN;
  }
  return accepted;
}

DWORD handleControl(DWORD control, ServiceStatus& status, const EngineRequests& engine) {
  switch (control) {
    case SERVICE_CONTROL_STOP:
      status.stopPending();
      engine.stop("stopped by the service control manager");
      return NO_ERROR;
    case SERVICE_CONTROL_SHUTDOWN:
    case SERVICE_CONTROL_PRESHUTDOWN:
      status.stopPending();
      engine.stop("the machine shuts down");
      return NO_ERROR;
    case SERVICE_CONTROL_PAUSE:
      engine.pause(true);  // first: once PAUSED is seen, no repair begins; one under way goes on
      status.paused();
      return NO_ERROR;
    case SERVICE_CONTROL_CONTINUE:
      engine.pause(false);
      status.running();
      return NO_ERROR;
    case SERVICE_CONTROL_PARAMCHANGE: engine.policy(); return NO_ERROR;
    case SERVICE_CONTROL_INTERROGATE:
      return NO_ERROR;  // the SCM knows the last status; a check point would claim progress
    default: return ERROR_CALL_NOT_IMPLEMENTED;
  }
}

}  // namespace imshealth
