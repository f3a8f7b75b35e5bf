// The service, its event source and its data folder, without the MSI: for xcopy deployments. Doing
// it twice is as good as doing it once.
#pragma once

#include "core/error.h"
#include "service/first_policy.h"
#include "service/win32/sdk.h"

#include <string>

namespace imshealth {

/// `program`: absolute path of the exe that is to run as the service. Creates or updates the
/// service (automatic start, LocalSystem where it is new, quoted path, description, failure actions
/// 60 s, 60 s, 300 s), the event source and the data folder, with policy.json as `first` says. An
/// existing policy.json is left alone. The MSI calls it too (installer/make_msi.py), behind its own
/// rows for service and event source, which bring the roll-back: here come the data folder and what
/// the rows cannot say. False: done, but for what `first` asks for, since there is a policy.json
/// already.
Result<bool> install(const std::string& program, const FirstPolicy& first = {});

/// Stops the service, which may be stopping already, and waits for its end; bounded. For the MSI,
/// which removes service and event source itself: not every Windows Installer waits for the end of
/// a repair that is being rolled back.
Result<void> stopInstalled();

/// Stops and removes the service and the event source; the exe is free then, where the system tells
/// which process that was (Windows 2000 and later). policy.json, state and backups stay.
Result<void> uninstall();

/// `stopped` too where the service control manager cannot be asked.
enum class Installed { no, stopped, paused, running };
Installed installedService();
/// A paused one hears, too.
constexpr bool runs(Installed service) {
  return service == Installed::paused || service == Installed::running;
}

/// Came with Windows 2000; most of its levels came later.
using ChangeServiceConfig2 = BOOL WINAPI(SC_HANDLE, DWORD level, void*);

/// What CreateService cannot say: description, failure actions, service SID, required privileges,
/// time at a shutdown. A level that this system does not know is left out, and all of them where
/// there is no such function (nullptr).
void configureService(SC_HANDLE, ChangeServiceConfig2*);

}  // namespace imshealth
