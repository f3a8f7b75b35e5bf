// What the service does when the service control manager tells it something.
#pragma once

#include "service/service_status.h"

#include <functional>
#include <string>

namespace imshealth {

/// What is asked of the engine; each call only posts to its thread and returns at once.
struct EngineRequests {
  std::function<void(std::string reason)> stop;
  std::function<void(bool paused)> pause;
  std::function<void()> policy;  ///< look whether it has changed
};

/// Controls beyond STOP, PAUSE and CONTINUE that a system of this major version knows. NT 4.0
/// refuses a status that names PARAMCHANGE (2000), everything before Vista one with PRESHUTDOWN.
DWORD acceptedBeyondStop(DWORD osMajor);

/// On the SCM's thread: says what has begun, asks the engine for it, and returns what the handler
/// returns. Never waits.
DWORD handleControl(DWORD control, ServiceStatus&, const EngineRequests&);

}  // namespace imshealth
