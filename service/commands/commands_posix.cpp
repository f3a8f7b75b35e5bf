#include "service/commands/commands.h"

namespace imshealth {

void addCommands(CLI::App& app, Invocation& invocation) {
  addPolicyCommand(app, invocation);
  addScanCommand(app, invocation);
  addReplayCommand(app, invocation);
}

}  // namespace imshealth
