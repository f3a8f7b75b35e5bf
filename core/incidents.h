// When does an open failure begin an incident, when does it only count, and when is an incident
// over? The same rules for the service (core/monitor.h) and for a saved log (core/replay.h).
#pragma once

#include "core/decide.h"
#include "core/match.h"
#include "core/state.h"

#include <functional>
#include <string_view>
#include <vector>

namespace imshealth {

/// A burst is seen whole before it is judged.
inline constexpr Milliseconds settling = std::chrono::seconds(2);
/// Incidents that began within this time count as failing together (machine-wide fault).
inline constexpr Milliseconds together = std::chrono::minutes(1);

/// Written before the end of the last repair, or generated before its begin: the repair has dealt
/// with it.
bool isOlderThan(const OpenFailure&, const LastRepair&, Time now);

enum class Noted { counted, opened };
/// A failure heard at `now`. One incident per counter service; more failures only count until it is
/// decided, and then until none has come for the cool-down.
Noted note(std::vector<Incident>&, const OpenFailure&, Time now, Milliseconds coolDown);

/// The clock may have been set back: what is in the future moves to the past, and as far apart as
/// it was. What began in different hours has not failed together.
void setBack(std::vector<Incident>&, Time now);

/// Incidents that were decided and left unrepaired end the cool-down after their last event, if
/// they are not to be decided anew; none ends while one is left only because the state file could
/// not be used. True: one has ended.
bool endLeftAlone(std::vector<Incident>&, Time now, Milliseconds coolDown);

/// The service was repaired beside us: what was decided of it before is over. True: it has failed
/// since, and that is an incident of its own, not decided yet.
bool endRepaired(std::vector<Incident>&, std::string_view counterService, const LastRepair&,
                 Time now);

/// How many counter services began to fail within one minute with this one. By when that was
/// logged, not by when it was heard or is decided: a log may be read hours later, and they may have
/// waited while another was repaired. One that was machine-wide has part in the next such fault
/// too, where it fails in that minute. Those that `counts` leaves out say nothing about others.
int failingTogether(
    const std::vector<Incident>&, const Incident& with,
    const std::function<bool(const Incident&)>& counts = [](const Incident&) { return true; });

/// It has been decided and has not ended, and is to be decided anew: that which was left unrepaired
/// only because it was not the time, when that has come; all else by a new policy, and once in a
/// cool-down: what was found may be another thing by now, or the failures of another kind. But
/// never a machine-wide fault: one of its services that goes on, while the others are not asked, is
/// not a fault of its own. What came to be due before its end is due, though the end has passed
/// since the last look.
bool isDue(const Incident&, const Policy&, Time policySince, const Circumstances&);

/// Notes what was decided of it. True: it is to be told, since it is a repair, or another cause or
/// word than before.
bool judge(Incident&, Cause, Verdict, Time at);

/// The first that is not decided yet, or is to be decided anew, and is to be looked at now.
/// nullptr: there is none.
Incident* findUndecided(
    std::vector<Incident>&, const std::function<bool(const Incident&)>& isToBeLookedAt =
                                [](const Incident&) { return true; });
Incident* findIncident(std::vector<Incident>&, std::string_view counterService);

}  // namespace imshealth
