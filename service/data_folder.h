// Where the program keeps its files: <common application data>\ImsHealth.
#pragma once

#include "core/state_keeper.h"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
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

/// The name of something in the root that the service itself writes to while it runs.
bool isWrittenByService(std::string_view name);

/// The first lookup that answers decides.
Result<DataFolder> findDataFolder(const std::vector<FolderLookup>& = commonFolderLookups());

/// Creates what is missing; the root is for SYSTEM and Administrators only. Anyone may create
/// folders in the common application data, so somebody else may have laid it out: a state file
/// whose journal has us "put back" files of his, links in place of logs and backup. A root of
/// another owner is moved aside whole, of a link the link alone (an administrator's own link is an
/// error: whether what it leads to can be trusted is not looked into); where others could write
/// until now, what they own is, but for policy.json, which is judged wherever it is used. Returns
/// what was moved aside: alert 310.
Result<std::vector<SetAside>> makeDataFolder(const DataFolder&);

}  // namespace imshealth
