// The backup that a journal of an earlier run names. Folder and manifest are files: whoever could
// write them would have this program, as LocalSystem, delete files or put his own in their place.
// So only what a repair of this service can have saved is put back.
#pragma once

#include "config/policy.h"
#include "core/backup.h"
#include "core/state.h"

#include <optional>
#include <string>

namespace imshealth {

/// Why a repair of this service cannot have made this manifest; nothing: it can. `registered`: file
/// name of the library that the Performance key names; empty: none. What is never put back (the
/// .ini and the .h) is not judged.
std::optional<std::string> objectionTo(const BackupManifest&, const WatchPolicy&,
                                       const std::string& registered, const SystemFacts&);

/// Error kind missing: nothing had been saved. Corrupt: damaged, or not to be believed; then
/// nothing is put back.
Result<Backup> openFoundBackup(const RepairJournal&, const WatchPolicy&,
                               const std::string& backupRoot, const SurveyPorts&, Backup::Ports);

}  // namespace imshealth
