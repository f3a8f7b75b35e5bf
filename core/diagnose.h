// From facts to findings: why the counter library did not open. A pure function.
#pragma once

#include "config/policy.h"
#include "core/causes.h"
#include "core/facts.h"

#include <string>
#include <vector>

namespace imshealth {

/// So many watched counter services failing within a minute are one fault of the whole machine.
inline constexpr int machineWideServices = 3;

/// One cause with what speaks for it. Whether and how it is mended: rowOf(cause).
struct Finding {
  Cause cause = Cause::unknown;
  std::string
      evidence;  ///< one sentence without a full stop; values and paths, sanitised where foreign
  bool repairable = false;  ///< the repair can cure it on this server, under this policy

  bool operator==(const Finding&) const = default;
};

/// All findings. First those that forbid a repair, then the rest, each in the order of the causes
/// table: the first one is the main finding. Empty: healthy.
std::vector<Finding> diagnose(const Facts&, const WatchPolicy&);

/// The same from what was read alone, without the event and the open probe: whether the library may
/// be loaded at all. What anyone may have written to the event log has no say in that.
std::vector<Finding> diagnoseBeforeProbe(const Facts&, const WatchPolicy&);

}  // namespace imshealth
