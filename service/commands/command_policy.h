// The policy that a command works by, and the services it was asked about.
#pragma once

#include "config/policy.h"
#include "core/examine.h"
#include "service/command_line.h"
#include "service/data_folder.h"

#include <optional>
#include <string>
#include <vector>

namespace imshealth {

struct CommandPolicy {
  DataFolder folder;
  Policy policy;
  PolicyOrigin origin;
  std::vector<WatchPolicy> watches;  ///< those that were asked for; all where none was named
};

/// Of a file as it was typed, with backslashes. The trust in a file is the trust in all folders
/// above it, so they have to be known.
std::string absolutePath(const std::string& file);

/// `file` empty: that of the data folder, and the built-in default where there is none. Says on
/// io.err what is wrong and returns nothing then; `code` is the exit code.
std::optional<CommandPolicy> commandPolicy(const std::string& file,
                                           const std::vector<std::string>& services, CommandIo& io,
                                           int& code);

/// False, with a text, where the user may not do what administrators may.
bool requireAdministrator(CommandIo& io);

}  // namespace imshealth
