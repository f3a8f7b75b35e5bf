// The repair journal in the state file: the intent is on disk before the server is changed.
#pragma once

#include "core/state_keeper.h"

#include <functional>
#include <string>

namespace imshealth {

class Journal {
 public:
  explicit Journal(StateKeeper& state) : state_(state) {}

  /// Opens the journal of a repair, or goes on with one that was found. What `also` changes is in
  /// the same write.
  Result<void> open(RepairJournal, const std::function<void(State&)>& also = nullptr);
  /// The step is about to change the server. Error: it must not.
  Result<void> intend(StepKind);
  Result<void> note(const StepReport&);
  Result<void> beginRollBack(const std::string& failedStep, const std::string& reason);
  /// The repair has ended and nothing is left to do. Its record goes from the state file when the
  /// end is recorded there (core/attempt.cpp), in one write with it: a program that is killed
  /// before takes the repair up once more, which changes nothing, and none is forgotten.
  void close() { open_ = false; }

  bool isOpen() const { return open_; }
  const RepairJournal& record() const { return record_; }

 private:
  Result<void> write();

  StateKeeper& state_;
  RepairJournal record_;
  bool open_ = false;
};

}  // namespace imshealth
