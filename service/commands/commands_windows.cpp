#include "service/commands/commands.h"

namespace imshealth {

void addCommands(CLI::App& app, Invocation& invocation) {
  addServiceCommands(app, invocation);
  addCheckCommand(app, invocation);
  addRepairCommand(app, invocation);
  addStatusCommand(app, invocation);
  addResetCommand(app, invocation);
  addPolicyCommand(app, invocation);
  addScanCommand(app, invocation);
  addReplayCommand(app, invocation);
  addProbeCommand(app, invocation);
}

}  // namespace imshealth
