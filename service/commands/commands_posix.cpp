#include "service/commands/commands.h"

#include <algorithm>
#include <iterator>

namespace imshealth {

void addCommands(const Verb& program) {
  addPolicyCommand(program);
  addScanCommand(program);
  addReplayCommand(program);
}

bool needsWindows(std::string_view verb) {
  constexpr std::string_view verbs[] = {"service", "run",   "check",   "repair",
                                        "status",  "reset", "install", "uninstall"};
  return std::ranges::find(verbs, verb) != std::end(verbs);
}

}  // namespace imshealth
