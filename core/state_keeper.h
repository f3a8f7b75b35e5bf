// The state file between processes and crashes: read, change and replace under the lock; a damaged
// file is set aside and the generation before it used. The program never refuses to start because
// of it.
#pragma once

#include "core/ports.h"
#include "core/state.h"

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace imshealth {

/// A damaged file that was moved out of the way; becomes alert 310.
struct SetAside {
  std::string file;
  std::string movedTo;
};

class StateKeeper {
 public:
  explicit StateKeeper(StateFiles& files) : files_(files) {}

  /// The state as it is on disk now; an empty one where there is none. Changes nothing on disk.
  /// Error: it cannot be read now.
  Result<State> read();

  /// Reads, lets `change` alter it, writes it; damaged files are set aside. Error: no state was
  /// written.
  Result<State> update(const std::function<void(State&)>& change);

  /// Damaged files met since the last call.
  std::vector<SetAside> takeSetAside() { return std::exchange(setAside_, {}); }

  /// Called after each change that this process wrote to disk, still under the lock: must not use
  /// the keeper itself.
  void onChange(std::function<void()> told) { changed_ = std::move(told); }

 private:
  enum class Damaged { leave, setAside };
  Result<State> readGenerations(Damaged);
  void setAside(StateFiles::Generation);

  StateFiles& files_;
  std::function<void()> changed_ = [] {};
  std::vector<SetAside> setAside_;
  bool currentStuck_ = false,
       previousStuck_ = false;  ///< damaged, could not be moved, and that is said
};

}  // namespace imshealth
