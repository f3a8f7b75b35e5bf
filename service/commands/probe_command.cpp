// imshealth probe: the child of the open probe; started by the program itself, not by people.
#include "service/commands/commands.h"
#include "service/probe_child.h"

namespace imshealth {

void addProbeCommand(const Verb& program) {
  const Verb probe = program.verb("probe", "Open a counter library as standard input says");
  probe.hide();
  probe.does([](CommandIo&) { return runProbeChild(); });
}

}  // namespace imshealth
