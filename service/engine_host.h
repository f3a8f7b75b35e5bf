// Runs the engine: builds the adapters, reads the event log, and lives until it is told to stop.
// The service and `imshealth run` differ only in who gives the orders.
#pragma once

#include "core/error.h"
#include "service/data_folder.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace imshealth {

/// How far the start has got, and that the stop makes progress; for the SCM's check points. Called
/// from the engine's thread.
struct EngineEvents {
  std::function<void()> onProgress = [] {};
  /// Once: the log was read for the first time, or it was said that it cannot be; or a repair that
  /// was interrupted is being finished.
  std::function<void()> onRunning = [] {};
};

class EngineHost {
 public:
  /// `policyFile`: another one than that of the data folder.
  EngineHost(DataFolder, std::optional<std::string> policyFile, EngineEvents);
  ~EngineHost();
  EngineHost(const EngineHost&) = delete;
  EngineHost& operator=(const EngineHost&) = delete;

  /// Until stopped. Error: it could not start. Throws on mistakes of ours only.
  Result<void> run();

  // From any thread; each only posts.
  void requestStop(std::string reason);
  void requestPause(bool paused);
  void requestPolicy();  ///< look at the policy file now

 private:
  struct Engine;
  std::unique_ptr<Engine> engine_;
};

}  // namespace imshealth
