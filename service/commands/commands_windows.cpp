#include "service/commands/commands.h"

namespace imshealth {

void addCommands(const Verb& program) {
  addServiceCommands(program);
  addCheckCommand(program);
  addRepairCommand(program);
  addStatusCommand(program);
  addResetCommand(program);
  addPolicyCommand(program);
  addScanCommand(program);
  addReplayCommand(program);
  addProbeCommand(program);
}

bool needsWindows(std::string_view) {
  return false;
}

}  // namespace imshealth
