// A whole file, on every platform; for commands that read what they were given.
#pragma once

#include "core/error.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace imshealth {

/// Error kinds: missing, accessDenied, unsupported (larger than `limit`).
Result<std::string> readGivenFile(const std::string& path, std::uint64_t limit);

/// The policy file that the installed service reads; empty: there is none, the service runs on the
/// built-in default. Absent: there is no service on this platform, or no folder for its files.
std::optional<std::string> installedPolicyFile();

/// False too where that cannot be told, as without the right to look into the folder.
bool isSurelyMissing(const std::string& path);

/// Error kind inUse: there is such a file already.
Result<void> writeNewFile(const std::string& path, std::string_view text);

}  // namespace imshealth
