// The child's side of the open probe: what a broken counter library does to a process, it does to
// this one.
#pragma once

namespace imshealth {

/// Reads the order from standard input, loads the library, calls Open, Collect and Close, reports,
/// and ends the process without giving the library another chance to run. Returns only where the
/// order is unreadable.
int runProbeChild();

}  // namespace imshealth
