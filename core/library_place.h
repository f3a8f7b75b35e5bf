// Where the counter library and the counter file of a watched service belong.
#pragma once

#include "config/policy.h"
#include "core/facts.h"
#include "core/ports.h"

#include <string>

namespace imshealth {

struct LibraryPlace {
  std::string registered;  ///< what the Performance key names, expanded; empty: nothing
  std::string directory;   ///< of library and counter file; empty: cannot be told
  std::string path;        ///< of the library; empty: cannot be told
  bool trusted = true;     ///< the directory is where the policy or Exchange's setup put it
};

/// The policy's directory and library; "auto" takes the Performance key's, else Exchange's bin
/// folder. An automatic directory is trusted below the Exchange root and in the system directory
/// only; a Performance key that names a library outside of the policy's directory is not.
LibraryPlace findLibraryPlace(const WatchPolicy&, const PerformanceKey&, const SystemFacts&,
                              const SurveyPorts&);

/// A folder that the policy or Exchange's setup may have put this service's library in.
bool mayHoldLibrary(const std::string& directory, const WatchPolicy&, const SystemFacts&);

}  // namespace imshealth
