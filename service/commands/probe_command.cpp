// imshealth probe: the child of the open probe; started by the program itself, not by people.
#include "service/commands/commands.h"
#include "service/probe_child.h"

#include <CLI/CLI.hpp>

namespace imshealth {

void addProbeCommand(CLI::App& app, Invocation& invocation) {
  CLI::App* probe = app.add_subcommand("probe", "Open a counter library as standard input says");
  probe->group("");  // not shown
  probe->callback([&invocation] { invocation.action = runProbeChild; });
}

}  // namespace imshealth
