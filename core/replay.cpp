#include "core/replay.h"

#include "core/diagnose.h"
#include "core/incidents.h"
#include "core/record_number.h"
#include "core/status_code.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

namespace imshealth {

namespace {

class Failures : public SavedLogVisitor {
 public:
  explicit Failures(const Policy& policy) : policy_(policy) {}

  void onRecord(const SavedRecord& record, SavedPlace) override {
    if (!record.isFromPerflib()) {
      return;
    }
    const LogEvent event = record.decode();
    if (auto failure = matchOpenFailure(event, policy_)) {
      found.push_back({std::move(*failure), timeFromSeconds(event.timeWritten)});
    }
  }
  void onRecovered(const SavedRecord&, SavedPlace) override {}  // not part of the log any more

  std::vector<HeardFailure> found;

 private:
  const Policy& policy_;
};

/// What the engine would find where nothing but the event speaks.
std::vector<Finding> assumedFindings(const Incident& incident, const WatchPolicy& watch,
                                     int together) {
  std::vector<Finding> findings;
  if (together >= machineWideServices) {
    findings.push_back({Cause::machineWideFault, "assumed", false});
  }
  const Cause cause = incident.status ? causeOf(*incident.status) : Cause::openFailed;
  const Cure cure = rowOf(cause).cure;
  findings.push_back(
      {cause, "assumed",
       cure == Cure::repair || (cure == Cure::withTrustedCopy && watch.trustedCopy)});
  return findings;
}

/// The service as the log sees it: one examination or attempt at a time, in the order of the
/// incidents.
class Service {
 public:
  Service(const Policy& policy, const ReplayAssumptions& assumed)
      : policy_(policy), assumed_(assumed) {}

  void hear(const HeardFailure& heard);
  Replay end() {
    advance(Time::max());
    return std::move(result_);
  }

 private:
  struct Attempt {
    std::string counterService;
    std::size_t incident = 0;  ///< index in the result
    Time begin, end;
  };

  void advance(Time now);
  bool checkEachMinute(Time now);
  void decideOn(Incident&, Time at);
  void conclude();

  const Policy& policy_;
  const ReplayAssumptions& assumed_;
  Replay result_;
  std::vector<Incident> incidents_;
  std::map<std::string, ReplayedIncident> current_;  ///< by counter service, until they are decided
  std::map<std::string, std::size_t> decided_;       ///< by counter service: index in the result
  ByService<LimitState> limits_;
  ByService<LastRepair> lastRepairs_;
  std::optional<Attempt> attempt_;
  Time free_ = Time::min();
  Time checked_ = Time::min();  ///< of the checks of each minute, the last
  std::uint32_t epoch_ = 0;
  std::optional<std::uint32_t> lastRecord_;
};

void Service::hear(const HeardFailure& heard) {
  advance(heard.written);
  checked_ = std::max(
      checked_, Time(std::chrono::floor<std::chrono::minutes>(heard.written.time_since_epoch())));
  OpenFailure failure = heard.failure;
  const auto record = static_cast<std::uint32_t>(failure.recordNumber);
  if (lastRecord_ && recordDistance(*lastRecord_, record) <= 0) {
    ++epoch_;  // the log was cleared
  }
  lastRecord_ = record;
  failure.epoch = epoch_;
  ++result_.failures;
  const auto last = lastRepairs_.find(failure.counterService);
  if (last != lastRepairs_.end() && isOlderThan(failure, last->second, heard.written)) {
    result_.olderThanRepair.push_back(failure.recordNumber);
    return;
  }
  if (note(incidents_, failure, heard.written, policy_.limits.coolDown) == Noted::opened) {
    decided_.erase(failure.counterService);
    current_[failure.counterService] = {.counterService = failure.counterService,
                                        .since = heard.written,
                                        .decided = {},
                                        .records = {},
                                        .status = failure.status};
  }
  const auto known = decided_.find(failure.counterService);
  (known == decided_.end() ? current_[failure.counterService] : result_.incidents[known->second])
      .records.push_back(failure.recordNumber);
}

/// Everything that happens before `now`.
void Service::advance(Time now) {
  for (;;) {
    if (attempt_) {
      if (attempt_->end > now) {
        return;
      }
      conclude();
    }
    Incident* incident = findUndecided(incidents_);
    if (!incident) {
      if (checkEachMinute(now)) {
        continue;
      }
      return;
    }
    const Time at = std::max(incident->again ? checked_ : incident->since + settling, free_);
    if (at > now) {
      return;
    }
    decideOn(*incident, at);
  }
}

/// True: one of them found an incident that is to be decided anew.
bool Service::checkEachMinute(Time now) {
  constexpr Milliseconds minute = std::chrono::minutes(1);
  Time last = Time::min();  // by then all incidents have ended
  for (const Incident& incident : incidents_) {
    last = std::max(last, incident.lastEvent + policy_.limits.coolDown);
  }
  while (checked_ + minute < std::min(now, last)) {
    checked_ += minute;
    endLeftAlone(incidents_, checked_, policy_.limits.coolDown);
    for (Incident& incident : incidents_) {
      const Circumstances given{.limits = limits_[incident.counterService],
                                .now = checked_,
                                .local = assumed_.local(checked_)};
      incident.again = isDue(incident, policy_, Time::min(), given);
    }
    if (findUndecided(incidents_)) {
      return true;
    }
  }
  return false;
}

void Service::decideOn(Incident& incident, Time at) {
  const std::string& service = incident.counterService;
  const WatchPolicy& watch = *policy_.find(service);
  const std::vector<Finding> findings =
      assumedFindings(incident, watch, failingTogether(incidents_, incident));
  const Decision decision =
      decide(findings, policy_, watch,
             {.limits = limits_[service], .now = at, .local = assumed_.local(at)});
  const bool anew = incident.again;
  free_ = at;
  if (!judge(incident, findings.front().cause, decision.verdict, at)) {
    return;
  }

  ReplayedIncident replayed = std::move(current_[service]);
  current_.erase(service);
  if (anew) {
    replayed = {.counterService = service, .since = incident.since, .status = incident.status};
  }
  replayed.anew = anew;
  replayed.decided = at;
  replayed.cause = findings.front().cause;
  replayed.verdict = decision.verdict;
  decided_[service] = result_.incidents.size();
  result_.incidents.push_back(std::move(replayed));

  if (decision.verdict == Verdict::repair) {
    beginAttempt(limits_[service], policy_.limits, at);
    attempt_ = {service, decided_[service], at, at + policy_.verify.watchFor};
  }
}

void Service::conclude() {
  const Attempt attempt = *std::exchange(attempt_, std::nullopt);
  const std::string& service = attempt.counterService;
  free_ = attempt.end;
  const bool opened = endAttempt(limits_[service], policy_.limits, attempt.end, assumed_.repaired,
                                 "assumed to fail");
  result_.incidents[attempt.incident].circuitOpened = opened;
  lastRepairs_[service] = {epoch_, lastRecord_.value_or(0), attempt.begin, attempt.end,
                           assumed_.repaired};
  if (assumed_.repaired) {
    std::erase_if(incidents_,
                  [&](const Incident& incident) { return incident.counterService == service; });
  } else if (Incident* incident = findIncident(incidents_, service)) {
    incident->verdict = attemptFailed;
  }
}

}  // namespace

std::optional<int> parseUtcOffset(std::string_view text) {
  const auto digit = [&](std::size_t at) { return text[at] >= '0' && text[at] <= '9'; };
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':' || !digit(1) ||
      !digit(2) || !digit(4) || !digit(5)) {
    return std::nullopt;
  }
  const int hours = (text[1] - '0') * 10 + (text[2] - '0');
  const int minutes = (text[4] - '0') * 10 + (text[5] - '0');
  if (minutes > 59 || hours * 60 + minutes > 14 * 60) {
    return std::nullopt;
  }
  return (text[0] == '-' ? -1 : 1) * (hours * 60 + minutes);
}

LocalTime localAt(Time time, int minutesEastOfUtc) {
  const auto minutes =
      std::chrono::floor<std::chrono::minutes>(time.time_since_epoch()).count() + minutesEastOfUtc;
  constexpr std::int64_t day = 24 * 60;
  const std::int64_t days = minutes >= 0 ? minutes / day : -((-minutes + day - 1) / day);
  constexpr std::int64_t thursday = 3;  // 1970-01-01
  return {static_cast<int>(((days + thursday) % 7 + 7) % 7),
          static_cast<int>(minutes - days * day)};
}

std::vector<HeardFailure> failuresIn(SavedLog& log, const Policy& policy, SavedReading& reading,
                                     const ReportProgress& progress) {
  Failures failures(policy);
  reading = log.read(failures, progress);
  return std::move(failures.found);
}

std::uint64_t Replay::count(Verdict verdict) const {
  return static_cast<std::uint64_t>(
      std::count_if(incidents.begin(), incidents.end(),
                    [&](const ReplayedIncident& each) { return each.verdict == verdict; }));
}

Replay replay(std::vector<HeardFailure> heard, const Policy& policy,
              const ReplayAssumptions& assumed) {
  // Stable: within a second the order of the log counts, also where record numbers wrap.
  std::stable_sort(heard.begin(), heard.end(), [](const HeardFailure& a, const HeardFailure& b) {
    return a.written < b.written;
  });
  Service service(policy, assumed);
  // The same record out of a second file was written within the same second.
  Time second = Time::min();
  std::set<std::tuple<std::uint64_t, std::int64_t, std::string>> ofSecond;
  for (const HeardFailure& each : heard) {
    if (std::exchange(second, each.written) != each.written) {
      ofSecond.clear();
    }
    const OpenFailure& failure = each.failure;
    if (ofSecond.emplace(failure.recordNumber, failure.timeGenerated, failure.counterService)
            .second) {
      service.hear(each);
    }
  }
  return service.end();
}

}  // namespace imshealth
