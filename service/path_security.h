// Owner and access list of one file or folder.
#pragma once

#include "core/error.h"
#include "core/trust.h"

#include <string>

namespace imshealth {

/// The element itself; a reparse point is not followed. A file system without security (FAT) gives
/// no owner, which is not trusted.
Result<PathElement> readPathElement(const std::string& path);

}  // namespace imshealth
