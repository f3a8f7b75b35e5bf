// Whole small files: read, write through to the disk, move over another one. Paths are UTF-8.
#pragma once

#include "core/error.h"
#include "service/win32/handles.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace imshealth {

/// For reading from the beginning, beside any other access. Error kind unsupported: a device or a
/// pipe.
Result<UniqueFile> openOnDisk(const std::string& path);

/// Error kinds: missing, unsupported (larger than `limit`, a device or a pipe), what the system
/// says.
Result<std::string> readWholeFile(const std::string& path, std::uint64_t limit);

/// Creates or empties the file; what was written is on the disk when it returns.
Result<void> writeWholeFile(const std::string& path, std::string_view bytes);

/// The same, of a file of our own making: one that lies there already is deleted, never written
/// into, for it may be another name of some file elsewhere.
Result<void> writeFreshFile(const std::string& path, std::string_view bytes);

/// Renames over an existing file of the same volume. Tries again for a moment where somebody (a
/// virus scanner, as a rule) has the target open.
Result<void> moveOver(const std::string& from, const std::string& to);

/// Renames a file, a folder or a link itself to "PATH.WHY-20261124-101500123" beside it, with "-2"
/// and so on behind it where there is one of that name; returns the new path. Whoever had it open
/// keeps the old one.
Result<std::string> moveAside(const std::string& path, std::string_view why);

}  // namespace imshealth
