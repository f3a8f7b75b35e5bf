#include "service/open_saved_log.h"

namespace imshealth {

Result<std::unique_ptr<SavedLog>> openEvtx(const std::string&, const EvtxHeader&) {
  return evtxNeedsWindows();
}

}  // namespace imshealth
