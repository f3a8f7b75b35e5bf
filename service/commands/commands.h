// One function per verb; each fills in Invocation::action when its verb was given.
#pragma once

#include "service/command_line.h"

namespace imshealth {

// Everywhere.
void addPolicyCommand(CLI::App&, Invocation&);

// Windows.
void addProbeCommand(CLI::App&, Invocation&);

}  // namespace imshealth
