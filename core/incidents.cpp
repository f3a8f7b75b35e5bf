#include "core/incidents.h"

#include "config/ascii.h"

#include <algorithm>

namespace imshealth {

namespace {

/// The check of each minute notices an end, and may be late by a little.
constexpr Milliseconds noticedWithin = std::chrono::minutes(2);

bool isMachineWide(const Incident& incident) {
  return incident.cause == toString(Cause::machineWideFault);
}

/// What becomes of it is said by how the repair ends.
bool isBeingRepaired(const Incident& incident) {
  return incident.verdict == toString(Verdict::repair);
}

/// The log counts in seconds.
Time timeLogged(std::int64_t generated, Time heard) {
  return std::min(heard, timeFromSeconds(generated));
}

/// Not decided yet: all that `failure`, heard at `heard`, says.
Incident begunBy(const OpenFailure& failure, Time heard) {
  return {.counterService = failure.counterService,
          .cause = {},
          .verdict = {},
          .since = heard,
          .lastEvent = heard,
          .began = timeLogged(failure.timeGenerated, heard),
          .lastEpoch = failure.epoch,
          .lastRecord = failure.recordNumber,
          .lastGenerated = failure.timeGenerated,
          .events = 1,
          .status = failure.status,
          .eventId = failure.eventId};
}

/// As it was noted.
OpenFailure lastFailure(const Incident& incident) {
  return {.counterService = incident.counterService,
          .eventId = incident.eventId,
          .recordNumber = incident.lastRecord,
          .timeGenerated = incident.lastGenerated,
          .status = incident.status,
          .epoch = incident.lastEpoch};
}

/// The attempt failed (203, 205), so that a cool-down runs or no attempt is left.
bool isToldByFailure(const Incident& incident, Verdict verdict) {
  return incident.verdict == attemptFailed &&
         (verdict == Verdict::coolDown || verdict == Verdict::attemptsExhausted);
}

/// Left unrepaired only because it was not the time. Events go on only counting, but the decision
/// is made anew when its time has come; else failures that never cease would never be repaired at
/// night, and never tried a second time.
bool isOfTheMoment(const Incident& incident) {
  const auto is = [&](Verdict verdict) { return incident.verdict == toString(verdict); };
  return is(Verdict::coolDown) || is(Verdict::attemptsExhausted) ||
         is(Verdict::maintenanceWindow) || is(Verdict::paused) || is(Verdict::repairUnderWay) ||
         incident.verdict == attemptFailed;
}

/// The state file could not be used, which says nothing of the server.
bool isLeftForState(const Incident& incident) {
  return incident.verdict == toString(Verdict::journalUnavailable);
}

Time timeOfLast(const Incident& incident) {
  return std::max(incident.began, timeLogged(incident.lastGenerated, incident.lastEvent));
}

}  // namespace

bool isOlderThan(const OpenFailure& failure, const LastRepair& last, Time now) {
  // Record numbers of the classic log wrap at 32 bits.
  const bool writtenBefore = last.epoch == failure.epoch &&
                             static_cast<std::int32_t>(failure.recordNumber - last.endRecord) <= 0;
  // A repair in the future was made under a wrong clock: its time says nothing.
  const bool begunInThePast = last.begin <= now;
  return writtenBefore || (begunInThePast && failure.timeGenerated < toSeconds(last.begin));
}

Noted note(std::vector<Incident>& incidents, const OpenFailure& failure, Time now,
           Milliseconds coolDown) {
  Incident* known = findIncident(incidents, failure.counterService);
  if (known &&
      (known->verdict.empty() || isBeingRepaired(*known) || now - known->lastEvent < coolDown)) {
    ++known->events;
    known->lastEvent = now;
    known->lastEpoch = failure.epoch;
    known->lastRecord = failure.recordNumber;
    known->lastGenerated = failure.timeGenerated;
    // Behind its burst, and when it is decided anew, it is decided by how it fails then.
    if (!known->verdict.empty() || now - known->since >= settling) {
      known->status = failure.status;
      known->eventId = failure.eventId;
    }
    return Noted::counted;
  }
  if (known) {
    incidents.erase(incidents.begin() + (known - incidents.data()));
  }
  incidents.push_back(begunBy(failure, now));
  return Noted::opened;
}

void setBack(std::vector<Incident>& incidents, Time now) {
  static constexpr Time Incident::*times[] = {&Incident::since, &Incident::lastEvent,
                                              &Incident::began, &Incident::judged};
  Time latest = now;
  for (const Incident& incident : incidents) {
    for (const auto time : times) {
      latest = std::max(latest, incident.*time);
    }
  }
  for (Incident& incident : incidents) {
    for (const auto time : times) {
      if (incident.*time > now) {
        incident.*time -= latest - now;
      }
    }
  }
}

bool endLeftAlone(std::vector<Incident>& incidents, Time now, Milliseconds coolDown) {
  if (std::ranges::any_of(incidents, isLeftForState)) {
    return false;  // it is decided later, by what failed together with it
  }
  return std::erase_if(incidents, [&](const Incident& incident) {
           return !incident.verdict.empty() && !isBeingRepaired(incident) && !incident.again &&
                  now - incident.lastEvent >= coolDown;
         }) != 0;
}

bool endRepaired(std::vector<Incident>& incidents, std::string_view counterService,
                 const LastRepair& repair, Time now) {
  const Incident* found = findIncident(incidents, counterService);
  if (!found) {
    return false;
  }
  const OpenFailure last = lastFailure(*found);
  const bool over = isOlderThan(last, repair, now);
  if (!over && found->verdict.empty()) {
    return false;  // it is about to be decided
  }
  const Time heard = found->lastEvent;
  incidents.erase(incidents.begin() + (found - incidents.data()));
  if (over) {
    return false;
  }
  incidents.push_back(begunBy(last, heard));  // of the others that it counted none says when it was
  return true;
}

int failingTogether(const std::vector<Incident>& incidents, const Incident& with,
                    const std::function<bool(const Incident&)>& counts) {
  std::ptrdiff_t most = 1;
  for (const Incident& first : incidents) {
    for (const Time minute : {first.began, timeOfLast(first)}) {
      const auto isIn = [&](Time at) { return at >= minute && at - minute < together; };
      const auto failsInIt = [&](const Incident& each) {
        return isIn(each.began) || (isMachineWide(each) && isIn(timeOfLast(each)));
      };
      if (failsInIt(with)) {
        most = std::max(most, std::ranges::count_if(incidents, [&](const Incident& each) {
                          return counts(each) && failsInIt(each);
                        }));
      }
    }
  }
  return static_cast<int>(most);
}

bool isDue(const Incident& incident, const Policy& policy, Time policySince,
           const Circumstances& given) {
  if (incident.verdict.empty() || isBeingRepaired(incident) || isMachineWide(incident)) {
    return false;
  }
  const Time end = incident.lastEvent + policy.limits.coolDown;
  const bool hasEnded = given.now >= end && !isLeftForState(incident);
  if (hasEnded && (!isOfTheMoment(incident) || given.now - end >= noticedWithin)) {
    return false;
  }
  if (incident.verdict == toString(Verdict::repairUnderWay)) {
    return !hasEnded;  // how that ends, nobody tells
  }
  // It ended between two looks: had its time come before?
  Circumstances atLast = given;
  atLast.now = hasEnded ? end - Milliseconds(1) : given.now;
  if (isOfTheMoment(incident) && !heldBack(policy, atLast)) {
    return true;
  }
  return (incident.judged <= policySince && policySince <= atLast.now) ||
         atLast.now - incident.judged >= policy.limits.coolDown;
}

bool judge(Incident& incident, Cause cause, Verdict verdict, Time at) {
  const bool isNews =
      verdict == Verdict::repair || incident.cause != toString(cause) ||
      (incident.verdict != toString(verdict) && !isToldByFailure(incident, verdict));
  incident.cause = toString(cause);
  incident.verdict = toString(verdict);
  incident.judged = at;
  incident.again = false;
  return isNews;
}

Incident* findUndecided(std::vector<Incident>& incidents,
                        const std::function<bool(const Incident&)>& isToBeLookedAt) {
  const auto found =
      std::find_if(incidents.begin(), incidents.end(), [&](const Incident& incident) {
        return (incident.verdict.empty() || incident.again) && isToBeLookedAt(incident);
      });
  return found == incidents.end() ? nullptr : &*found;
}

Incident* findIncident(std::vector<Incident>& incidents, std::string_view counterService) {
  const auto found =
      std::find_if(incidents.begin(), incidents.end(), [&](const Incident& incident) {
        return equalsIgnoringCase(incident.counterService, counterService);
      });
  return found == incidents.end() ? nullptr : &*found;
}

}  // namespace imshealth
