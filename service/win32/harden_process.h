// What has to be done before anything else happens in the process.
#pragma once

namespace imshealth {

/// No DLL comes from the current directory or PATH, and no error dialog stops a service that nobody
/// sees.
void hardenProcess();

}  // namespace imshealth
