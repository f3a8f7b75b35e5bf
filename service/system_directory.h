// The folders of Windows itself, in UTF-8.
#pragma once

#include <string>

namespace imshealth {

std::string systemDirectory();
/// On a Terminal Server the one of the machine, not of the user (there GetWindowsDirectory
/// differs).
std::string windowsDirectory();

}  // namespace imshealth
