// What has to be done before anything else happens in the process.
#pragma once

namespace imshealth {

/// No DLL comes from the current directory or PATH, no error dialog stops a service that nobody
/// sees, and nobody's file is opened by a name that the working directory completes.
void hardenProcess();

}  // namespace imshealth
