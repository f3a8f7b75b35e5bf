// A saved event log of either format, for scan and replay.
#pragma once

#include "core/evtx_file.h"
#include "core/saved_log.h"

#include <memory>
#include <string>

namespace imshealth {

/// By what the file says of itself, not by its name. Error: `where` is the file.
Result<std::unique_ptr<SavedLog>> openSavedLog(const std::string& file);

/// Through Windows; where that cannot be had, the error is unsupported.
Result<std::unique_ptr<SavedLog>> openEvtx(const std::string& file, const EvtxHeader&);

}  // namespace imshealth
