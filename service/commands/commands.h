// One function per group of verbs; each fills in Invocation::action when its verb was given.
#pragma once

#include "service/command_line.h"

namespace imshealth {

// Everywhere.
void addPolicyCommand(CLI::App&, Invocation&);
void addScanCommand(CLI::App&, Invocation&);
void addReplayCommand(CLI::App&, Invocation&);

// Windows.
void addServiceCommands(CLI::App&, Invocation&);
void addCheckCommand(CLI::App&, Invocation&);
void addRepairCommand(CLI::App&, Invocation&);
void addStatusCommand(CLI::App&, Invocation&);
void addResetCommand(CLI::App&, Invocation&);
void addProbeCommand(CLI::App&, Invocation&);

}  // namespace imshealth
