// A security identifier in its usual form; the system's own conversion came with Windows 2000.
#pragma once

#include "service/win32/sdk.h"

#include <string>

namespace imshealth {

/// "S-1-5-32-544"; empty for NULL and for what is no SID.
std::string sidText(PSID);

/// Of the account that this process runs as; empty: it cannot be told.
std::string processAccountSid();

}  // namespace imshealth
