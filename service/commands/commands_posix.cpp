#include "service/commands/commands.h"

namespace imshealth {

void addCommands(const Verb& program) {
  addPolicyCommand(program);
  addScanCommand(program);
  addReplayCommand(program);
}

}  // namespace imshealth
