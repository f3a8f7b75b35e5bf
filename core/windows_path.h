// Paths as Windows writes them, judged by their text alone. Letters are compared as config/ascii.h
// does.
#pragma once

#include <string>
#include <string_view>

namespace imshealth {

/// "C:\folder\file" without "." or ".." elements, streams, wildcards or device names in front: the
/// only form in which a path is ever opened. Forward slashes are not accepted.
bool isPlainLocalPath(std::string_view path);
/// "\\server\share\…" and "\\?\…".
bool isUncOrDevicePath(std::string_view path);
/// A file name without any folder.
bool isBareName(std::string_view name);

std::string_view fileNameOf(std::string_view path);
/// "C:\a" of "C:\a\b", "C:\" of "C:\a"; empty where there is none.
std::string_view folderOf(std::string_view path);
std::string joinPath(std::string_view folder, std::string_view name);

/// `path` is `folder` or lies anywhere below it.
bool liesWithin(std::string_view path, std::string_view folder);
bool samePath(std::string_view, std::string_view);

/// Slashes turned into backslashes, doubled and trailing ones dropped (but "C:\" stays).
std::string normalizedPath(std::string_view path);

}  // namespace imshealth
