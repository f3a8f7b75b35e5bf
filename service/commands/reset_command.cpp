// imshealth reset: a person has looked; repairs may be tried again.
#include "core/limits.h"
#include "service/adapters.h"
#include "service/commands/command_policy.h"
#include "service/commands/commands.h"
#include "service/commands/output.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <ostream>

namespace imshealth {
namespace {

struct Options {
  std::vector<std::string> services;
  std::string policyFile;
  bool json = false;
};

/// The names that were given, but for those that the policy no longer has and the state still does:
/// what was tried for these can be forgotten too.
std::vector<std::string> namesForPolicy(const Options& options) {
  std::vector<std::string> names = options.services;
  if (const auto folder = findDataFolder(); folder && !names.empty()) {
    FolderStateFiles files(folder->root);
    if (const auto state = StateKeeper(files).read()) {
      std::erase_if(names, [&](const std::string& name) { return state->limits.contains(name); });
    }
  }
  return names;
}

int run(const Options& options, CommandIo& io) {
  int code = exit_code::done;
  const auto policy = commandPolicy(options.policyFile, namesForPolicy(options), io, code);
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
    std::vector<std::string> names = options.services;
    if (names.empty()) {  // of services that are no longer watched too
      std::ranges::transform(state.limits, std::back_inserter(names),
                             [](const auto& entry) { return entry.first; });
    }
    for (const std::string& name : names) {
      const auto found = state.limits.find(name);
      if (found == state.limits.end()) {
        continue;
      }
      const WatchPolicy* watched = policy->policy.find(name);
      closed.push_back({{"counterService", watched ? watched->counterService : found->first},
                        {"wasOpen", found->second.circuitOpen}});
      if (watched) {
        reset(found->second);
      } else {
        state.limits.erase(found);  // status has no more to say of it
      }
    }
  });
  for (const SetAside& damaged : keeper.takeSetAside()) {
    io.err << "imshealth: " << damaged.file << " was damaged; it was moved to " << damaged.movedTo
           << "\n";
  }
  if (!updated) {
    io.err << "imshealth: " << updated.error().describe() << "\n";
    return exit_code::unreachable;
  }
  if (options.json) {
    writeJson(io, {{"services", closed}});
  } else {
    for (const Json& service : closed) {
      io.out << service["counterService"].get<std::string>() << ": attempts forgotten, "
             << (service["wasOpen"].get<bool>() ? "circuit closed again" : "no circuit was open")
             << "\n";
    }
    if (!closed.empty() && policy->policy.mode == Mode::repair) {
      io.out << "No cool-down runs any more: what still fails is decided anew within a minute, and "
                "repaired unless something else holds it back.\n";
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
  const Verb command =
      program.verb("reset", "Close the circuit and end the cool-down, after a person has looked");
  command.option("SERVICE", options->services,
                 "Counter services; all that a repair was tried of where none is named");
  command.option("--policy", options->policyFile, "Another policy file");
  command.flag("--json", options->json, "Machine-readable output");
  command.does([options](CommandIo& io) { return run(*options, io); });
}

}  // namespace imshealth
