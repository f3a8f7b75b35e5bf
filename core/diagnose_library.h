// The part of the diagnosis that concerns the library's file and its registration.
#pragma once

#include "core/diagnose.h"

#include <vector>

namespace imshealth {

/// libraryMissing, libraryUnreadable, libraryWrongMachine, libraryExportMissing, dependencyMissing,
/// libraryWrongVersion, libraryDiffersFromTrustedCopy.
void diagnoseLibrary(const Facts&, const WatchPolicy&, std::vector<Finding>&);

/// libraryNotRegistered and performanceKeyIncomplete; unknown where the key cannot be read.
void diagnoseRegistration(const Facts&, const WatchPolicy&, std::vector<Finding>&);

}  // namespace imshealth
