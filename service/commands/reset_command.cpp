// imshealth reset: a person has looked; repairs may be tried again.
#include "core/limits.h"
#include "service/adapters.h"
#include "service/commands/command_policy.h"
#include "service/commands/commands.h"
#include "service/commands/output.h"

#include <memory>
#include <ostream>

namespace imshealth {
namespace {

struct Options {
  std::vector<std::string> services;
  std::string policyFile;
  bool json = false;
};

int run(const Options& options, CommandIo& io) {
  int code = exit_code::done;
  const auto policy = commandPolicy(options.policyFile, options.services, io, code);
  if (!policy) {
    return code;
  }
  if (!requireAdministrator(io)) {
    return exit_code::unreachable;
  }
  FolderStateFiles files(policy->folder.root);
  StateKeeper keeper(files);
  Json closed = Json::array();
  const auto updated = keeper.update([&](State& state) {
    closed = Json::array();
    for (const WatchPolicy& watch : policy->watches) {
      const auto found = state.limits.find(watch.counterService);
      if (found != state.limits.end()) {
        closed.push_back(
            {{"counterService", watch.counterService}, {"wasOpen", found->second.circuitOpen}});
        reset(found->second);
      }
    }
  });
  for (const SetAside& damaged : keeper.takeSetAside()) {
    io.err << "imshealth: " << damaged.file << " was damaged; it was moved to " << damaged.movedTo << "\n";
  }
  if (!updated) {
    io.err << "imshealth: " << updated.error().describe() << "\n";
    return exit_code::unreachable;
  }
  if (options.json) {
    writeJson(io, {{"services", closed}});
  } else {
    for (const Json& service : closed) {
      io.out << service["counterService"].get<std::string>() << ": attempts forgotten, circuit "
             << (service["wasOpen"].get<bool>() ? "closed again" : "was closed") << "\n";
    }
    if (closed.empty()) {
      io.out << "Nothing to reset: no repair has been tried.\n";
    }
  }
  return exit_code::done;
}

}  // namespace

void addResetCommand(const Verb& program) {
  const auto options = std::make_shared<Options>();
  const Verb command = program.verb("reset", "Close the circuit again after a person has looked");
  command.option("SERVICE", options->services,
                 "Counter services; all watched ones where none is named");
  command.option("--policy", options->policyFile, "Another policy file");
  command.flag("--json", options->json, "Machine-readable output");
  command.does([options](CommandIo& io) { return run(*options, io); });
}

}  // namespace imshealth
