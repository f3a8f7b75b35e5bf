// The program as a Windows service.
#pragma once

#include "service/command_line.h"

namespace imshealth {

inline constexpr wchar_t serviceName[] = L"ImsHealth";
inline constexpr wchar_t serviceDisplayName[] = L"IMS Health Monitor";

/// Service-specific exit codes, as `sc query` shows them.
namespace service_exit {
inline constexpr unsigned long couldNotStart = 1;  ///< the event log says why (id 111)
inline constexpr unsigned long failed =
    2;  ///< a mistake of the program; the recovery setting restarts it
}  // namespace service_exit

/// Hands the thread to the service control manager; returns when the service has stopped, or with a
/// helpful text where it was not started by the SCM (error 1063).
int runAsService(CommandIo);

}  // namespace imshealth
