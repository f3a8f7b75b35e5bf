// One function for each group of verbs.
#pragma once

#include "service/verb.h"

#include <string_view>

namespace imshealth {

/// All verbs of this platform.
void addCommands(const Verb& program);

/// A verb that this platform does not have, and Windows does.
bool needsWindows(std::string_view verb);

// Everywhere.
void addPolicyCommand(const Verb& program);
void addScanCommand(const Verb& program);
void addReplayCommand(const Verb& program);

// Windows.
void addServiceCommands(const Verb& program);
void addCheckCommand(const Verb& program);
void addRepairCommand(const Verb& program);
void addStatusCommand(const Verb& program);
void addResetCommand(const Verb& program);
void addProbeCommand(const Verb& program);

}  // namespace imshealth
