// Today's policy over a saved log: what the service would have decided at each open failure, how
// often it would have acted, and what would have held it back. Matching, incidents, limits and
// decision are the service's own; what a log alone cannot tell is assumed, and named in
// `ReplayAssumptions`.
#pragma once

#include "config/policy.h"
#include "core/causes.h"
#include "core/decide.h"
#include "core/match.h"
#include "core/saved_log.h"
#include "core/time.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace imshealth {

/// The cause is what the status code says, openFailed where the event has none or the table does
/// not know it; facts and probe could have found another. The service runs all the time and is not
/// paused, the state file can be written, nobody else repairs and nobody resets a circuit.
struct ReplayAssumptions {
  bool repaired = false;                 ///< how each attempt ends, after `verify.watchFor`
  std::function<LocalTime(Time)> local;  ///< maintenance windows are in local time
};

/// "+02:00" or "-05:30": minutes east of UTC, at most 14 hours.
std::optional<int> parseUtcOffset(std::string_view text);
LocalTime localAt(Time, int minutesEastOfUtc);

/// An open failure of a watched counter service, heard as soon as it was written.
struct HeardFailure {
  OpenFailure failure;
  Time written;
};

/// Those of one file, in the order of the log.
std::vector<HeardFailure> failuresIn(SavedLog&, const Policy&, SavedReading&,
                                     const ReportProgress& = {});

/// One decision: about a new incident, or about one that waited for its time, or came to fail
/// otherwise.
struct ReplayedIncident {
  std::string counterService;
  Time since;  ///< its first event
  Time decided;
  bool anew = false;                   ///< the incident is that of an earlier decision
  std::vector<std::uint64_t> records;  ///< its events, until it was decided anew
  /// Of the first; where decided anew, of the last before that.
  std::optional<std::uint32_t> status;
  Cause cause = Cause::openFailed;  ///< assumed
  Verdict verdict = Verdict::alert;
  bool circuitOpened = false;  ///< by this attempt
};

struct Replay {
  std::vector<ReplayedIncident> incidents;  ///< in the order of the decisions
  std::uint64_t failures = 0;
  /// Older than a repair that would have succeeded, so dealt with.
  std::vector<std::uint64_t> olderThanRepair;

  std::uint64_t count(Verdict) const;
};

/// `heard` may come from several files of one server and overlap: a record counts once.
Replay replay(std::vector<HeardFailure> heard, const Policy&, const ReplayAssumptions&);

}  // namespace imshealth
