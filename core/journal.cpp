#include "core/journal.h"

namespace imshealth {

Result<void> Journal::write() {
  const auto written = state_.update([this](State& state) { state.journal = record_; });
  if (!written) {
    return written.error();
  }
  return {};
}

Result<void> Journal::open(RepairJournal record, const std::function<void(State&)>& also) {
  record_ = std::move(record);
  open_ = true;
  const auto written = state_.update([&](State& state) {
    if (also) {
      also(state);
    }
    state.journal = record_;
  });
  if (!written) {
    return written.error();
  }
  return {};
}

Result<void> Journal::intend(StepKind step) {
  record_.intent = step;
  return write();
}

Result<void> Journal::note(const StepReport& report) {
  record_.done.push_back(report);
  return write();
}

Result<void> Journal::beginRollBack(const std::string& failedStep, const std::string& reason) {
  record_.rollingBack = true;
  record_.failedStep = failedStep;
  record_.reason = reason;
  return write();
}

}  // namespace imshealth
