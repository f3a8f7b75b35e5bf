// An .evt as a saved log.
#pragma once

#include "core/saved_log.h"

namespace imshealth {

class SavedEvt : public SavedLog {
 public:
  explicit SavedEvt(EvtFile file) : file_(file) {}

  SavedReading read(SavedLogVisitor&, const ReportProgress& = {}) override;
  std::optional<Error> decode(std::span<const SavedPlace>,
                              const std::function<void(const LogEvent&)>&) override;

 private:
  EvtFile file_;
};

}  // namespace imshealth
