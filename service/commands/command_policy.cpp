#include "service/commands/command_policy.h"

#include "config/parse_policy.h"
#include "service/commands/output.h"
#include "service/win32/file_io.h"
#include "service/win32/handles.h"
#include "service/win32/text.h"

#include <ostream>

namespace imshealth {
namespace {

/// The exit code; not `done` where there is none to go on with.
int readPolicy(const std::string& file, bool mayBeMissing, CommandPolicy& into, CommandIo& io) {
  const auto text = readWholeFile(file, largestPolicyFile);
  if (!text) {
    if (mayBeMissing && text.error().kind == ErrorKind::missing) {
      into.policy = builtInPolicy();
      return exit_code::done;
    }
    return refuseUnreadablePolicy(io, text.error());
  }
  PolicyReading reading = parsePolicy(*text);
  io.err << render(reading.diagnostics, file, *text);
  if (!reading.policy) {
    return exit_code::usage;
  }
  into.policy = std::move(*reading.policy);
  into.origin.file = file;
  return exit_code::done;
}

}  // namespace

std::string absolutePath(const std::string& file) {
  wchar_t path[MAX_PATH];
  const DWORD length = GetFullPathNameW(toWide(file).c_str(), MAX_PATH, path, nullptr);
  return length > 0 && length < MAX_PATH ? toUtf8({path, length}) : file;
}

std::optional<CommandPolicy> commandPolicy(const std::string& file,
                                           const std::vector<std::string>& services, CommandIo& io,
                                           int& code) {
  CommandPolicy result;
  auto folder = findDataFolder();
  if (!folder) {
    io.err << "imshealth: " << folder.error().describe() << "\n";
    code = exit_code::unreachable;
    return std::nullopt;
  }
  result.folder = *folder;
  code = readPolicy(file.empty() ? folder->policyFile() : absolutePath(file), file.empty(), result,
                    io);
  if (code != exit_code::done) {
    return std::nullopt;
  }
  code = exit_code::usage;
  for (const std::string& service : services) {
    const WatchPolicy* watch = result.policy.find(service);
    if (watch == nullptr) {
      io.err << "imshealth: " << service << " is not watched by the policy\n";
      return std::nullopt;
    }
    result.watches.push_back(*watch);
  }
  if (services.empty()) {
    result.watches = result.policy.watch;
  }
  code = exit_code::done;
  return result;
}

bool requireAdministrator(CommandIo& io) {
  // Only administrators may create services, on every version; no token has to be taken apart for
  // it.
  if (UniqueServiceHandle(OpenSCManagerW(nullptr, nullptr, SC_MANAGER_CREATE_SERVICE))) {
    return true;
  }
  io.err << "imshealth: this needs administrator rights\n";
  return false;
}

}  // namespace imshealth
