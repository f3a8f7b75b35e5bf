// Where the program keeps its files: <common application data>\ImsHealth.
#pragma once

#include "core/error.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace imshealth {

/// One way to learn where the common application data is; nothing: this system cannot tell that
/// way.
using FolderLookup = std::function<std::optional<std::string>()>;

/// Shell (2000 and later, or NT 4.0 with Internet Explorer 5), registry, profile of all users, in
/// this order.
std::vector<FolderLookup> commonFolderLookups();

struct DataFolder {
  std::string root;
  std::string policyFile() const { return root + "\\policy.json"; }
  std::string keptPolicyFile() const { return root + "\\policy.kept.json"; }  ///< the last good one
  std::string logs() const { return root + "\\logs"; }
  std::string logFile() const { return logs() + "\\imshealth.log"; }
  std::string backup() const { return root + "\\backup"; }
};

/// The first lookup that answers decides.
Result<DataFolder> findDataFolder(const std::vector<FolderLookup>& = commonFolderLookups());

/// Creates what is missing. The root is for SYSTEM and Administrators only, also where somebody
/// else has made it before (anyone may create folders in the common application data).
Result<void> makeDataFolder(const DataFolder&);

}  // namespace imshealth
