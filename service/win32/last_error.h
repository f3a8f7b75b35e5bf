// From a Windows error code to Error. The code is captured on the line of the failing call.
#pragma once

#include "core/error.h"
#include "service/win32/sdk.h"

#include <string>

namespace imshealth {

/// The kind that a policy can act upon.
ErrorKind kindOf(DWORD code);

/// The system's text for a code in UTF-8, one line without a full stop; "error 5" where it has
/// none.
std::string systemMessage(DWORD code);

/// `where` is the call or the file: `windowsError("CreateFile C:\\x", GetLastError())`.
Error windowsError(std::string where, DWORD code);

/// Takes GetLastError() at once: to be written directly behind the failing call.
Error lastError(std::string where);

}  // namespace imshealth
