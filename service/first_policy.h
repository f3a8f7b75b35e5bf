// policy.json at the first installation. The file is the administrator's: one that is there is
// never touched, whatever the installer was told.
#pragma once

#include "core/error.h"
#include "service/data_folder.h"

#include <optional>
#include <string>

namespace imshealth {

/// What the one who installs asks for. Nothing: no policy.json is written, the built-in default
/// rules.
struct FirstPolicy {
  std::optional<std::string> mode;  ///< "alert" or "repair"
  std::optional<std::string> file;  ///< a policy to copy, byte for byte
};

/// Whether that can be placed, before anything is made. Error kind corrupt: the file is no good
/// policy, or is for another mode than the one asked for; the text has line and column.
Result<void> checkFirstPolicy(const DataFolder&, const FirstPolicy&);

/// The data folder must be there. Errors as above. False: there is a policy.json already, so what
/// `first` asks for was not even looked at.
Result<bool> placeFirstPolicy(const DataFolder&, const FirstPolicy&);

}  // namespace imshealth
