// The command line's side of a proof of hearing (core/hearing_check.h).
#pragma once

#include "core/error.h"
#include "service/data_folder.h"

namespace imshealth {

/// Writes an event and waits until the running service has heard it, or for `longestProof`. Needs
/// an administrator's rights. False: it was not heard. Error: state or event could not be written.
Result<bool> proveHearing(const DataFolder&);

}  // namespace imshealth
