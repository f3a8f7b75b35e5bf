// A whole file, on every platform; for commands that read what they were given.
#pragma once

#include "core/error.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace imshealth {

/// Error kinds: missing, accessDenied, unsupported (larger than `limit`).
Result<std::string> readGivenFile(const std::string& path, std::uint64_t limit);

/// The policy file that the installed service reads; empty: there is none, the service runs on the
/// built-in default.
std::string installedPolicyFile();

/// Whether this platform has the service.
bool hasService();

/// False too where that cannot be told, as without the right to look into the folder.
bool isSurelyMissing(const std::string& path);

/// Error kind inUse: there is such a file already.
Result<void> writeNewFile(const std::string& path, std::string_view text);

}  // namespace imshealth
