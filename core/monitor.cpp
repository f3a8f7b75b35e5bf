#include "core/monitor.h"

#include "config/ascii.h"
#include "core/alerts.h"
#include "core/holding.h"
#include "core/incidents.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>

namespace imshealth {

using boost::asio::awaitable;

Monitor::Monitor(boost::asio::any_io_executor executor, MonitorPorts ports, Policy policy,
                 PolicyOrigin origin, std::string backupRoot)
    : executor_(std::move(executor)),
      ports_(ports),
      policy_(std::move(policy)),
      origin_(std::move(origin)),
      policySince_(ports.clock.now()),
      backupRoot_(std::move(backupRoot)) {}

AttemptPorts Monitor::attemptPorts() {
  return {ports_.clock, ports_.state, ports_.alerter, ports_.repair, unrecorded_};
}

awaitable<void> Monitor::takeUp() {
  // Before the first examination: what others did to the state file in the meantime counts. An
  // update, though it changes nothing: it sets aside what is damaged.
  if (const auto state = ports_.state.update([](State&) {})) {
    takeFrom(*state);
  }
  tellSetAside();
  ports_.alerter.retry();
  attending_ = true;
  co_await finishJournal();
  attending_ = false;
  takeOverPolicy();
  attend();
}

void Monitor::takeFrom(const State& state) {
  taken_ = true;
  if (api_.empty()) {
    cursor_ = state.cursor;
    api_ = state.api;
  }
  lastRepairs_ = state.lastRepairs;
  journalOpen_ = state.journal.has_value();
  for (Incident incident : state.incidents) {
    if (findIncident(incidents_, incident.counterService) != nullptr) {
      continue;
    }
    if (incident.verdict == toString(Verdict::repair)) {
      if (!state.journal ||
          !equalsIgnoringCase(state.journal->counterService, incident.counterService)) {
        incident.verdict.clear();  // the last run ended between its decision and the attempt
      }
    }
    incidents_.push_back(std::move(incident));
  }
}

awaitable<void> Monitor::finishJournal() {
  if (!journalOpen_) {
    co_return;
  }
  const Holding lock(ports_.lock);
  if (lock) {  // else another process repairs; the journal is its own
    co_await finishFoundJournal();
  }
}

awaitable<void> Monitor::finishFoundJournal() {
  const auto state = ports_.state.read();
  if (!state) {
    co_return;
  }
  (void)learnOfRepairs(*state);  // under the lock: whoever repaired is done
  journalOpen_ = state->journal.has_value();
  if (!state->journal) {
    co_return;
  }
  // A service that is no longer watched is put in order all the same.
  const WatchPolicy* watched = policy_.find(state->journal->counterService);
  WatchPolicy watch = watched ? *watched : WatchPolicy{};
  watch.counterService = state->journal->counterService;
  const auto outcome =
      co_await finishRepair(*state->journal, policy_, watch, origin_, backupRoot_, attemptPorts());
  // What was heard meanwhile is in memory only: the incidents are not read again.
  if (outcome && outcome->result == RepairOutcome::Result::repaired) {
    std::erase_if(incidents_, [&](const Incident& incident) {
      return equalsIgnoringCase(incident.counterService, watch.counterService) &&
             !incident.verdict.empty();
    });
  } else if (outcome && outcome->result == RepairOutcome::Result::failed) {
    for (Incident& incident : incidents_) {
      if (equalsIgnoringCase(incident.counterService, watch.counterService) &&
          !incident.verdict.empty()) {
        incident.verdict = attemptFailed;
      }
    }
  }
  if (const auto after = ports_.state.read()) {
    lastRepairs_ = after->lastRepairs;
    journalOpen_ = after->journal.has_value();
  }
  (void)save();
}

bool Monitor::isOlderThanLastRepair(const OpenFailure& failure) const {
  const auto last = lastRepairs_.find(failure.counterService);
  if (last == lastRepairs_.end()) {
    return false;
  }
  return isOlderThan(failure, last->second, ports_.clock.now());
}

void Monitor::heard(const LogEvent& event) {
  ports_.repair.witness.note(event);
  const auto failure = matchOpenFailure(event, policy_);
  if (!failure || isOlderThanLastRepair(*failure)) {
    return;
  }
  const Time now = ports_.clock.now();
  if (note(incidents_, *failure, now, policy_.limits.coolDown) == Noted::opened) {
    openedSinceSave_ = true;
    attend();
  }
}

void Monitor::caughtUp(const Cursor& cursor, std::string_view api, bool saveNow) {
  cursor_ = cursor;
  api_ = api;
  lastRead_ = ports_.clock.now();
  const Milliseconds unsaved = ports_.clock.now() - lastSave_;
  const bool clockSetBack = unsaved < Milliseconds(0);
  if (saveNow || openedSinceSave_ || unsaved >= longestUnsaved || clockSetBack) {
    (void)save();
  }
}

/// `imshealth repair` may have repaired beside us: what was written before is old. In vain: our
/// attempt, whose journal it finished, has failed.
bool Monitor::learnOfRepairs(const State& state) {
  const Time now = ports_.clock.now();
  bool failedSince = false;
  for (const auto& [service, last] : state.lastRepairs) {
    const auto known = lastRepairs_.find(service);
    if (known != lastRepairs_.end() && known->second == last) {
      continue;
    }
    if (last.repaired) {
      failedSince = endRepaired(incidents_, service, last, now) || failedSince;
    } else if (Incident* incident = findIncident(incidents_, service);
               incident && incident->verdict == toString(Verdict::repair) &&
               incident->judged <= last.begin) {
      incident->verdict = attemptFailed;
    }
  }
  lastRepairs_ = state.lastRepairs;
  return failedSince;
}

Result<State> Monitor::save() {
  lastSave_ = ports_.clock.now();
  openedSinceSave_ = false;
  bool failedSinceRepair = false;
  Result<State> saved = ports_.state.update([&](State& state) {
    if (!taken_) {
      takeFrom(state);  // it could not be read at the start, and is not to be lost
    }
    failedSinceRepair = learnOfRepairs(state);
    state.cursor = cursor_;
    state.api = api_;
    if (lastRead_) {
      state.lastRead = lastRead_;
    }
    state.mode = policy_.mode;
    state.policyFile = origin_.file;
    state.policySince = policySince_;
    state.incidents = incidents_;
  });
  if (failedSinceRepair) {
    attend();
  }
  return saved;
}

void Monitor::tellSetAside() {
  for (const SetAside& damaged : ports_.state.takeSetAside()) {
    ports_.alerter.raise(alerts::stateSetAside(damaged.file, damaged.movedTo));
  }
}

void Monitor::endIncident(const std::string& counterService) {
  std::erase_if(incidents_, [&](const Incident& incident) {
    return equalsIgnoringCase(incident.counterService, counterService);
  });
  (void)save();
}

void Monitor::safetyCheck() {
  const Time now = ports_.clock.now();
  ports_.alerter.retry();
  setBack(incidents_, now);
  policySince_ = std::min(policySince_, now);
  std::vector<Alert> reminders;
  const auto settled = ports_.state.update([&](State& state) {
    reminders.clear();
    journalOpen_ = state.journal.has_value();
    for (auto& [service, limits] : state.limits) {
      // On disk, so that what a wrong clock has left passes after one period.
      settle(limits, policy_.limits, now);
      // Of another one nobody waits for a repair.
      const WatchPolicy* watched = policy_.find(service);
      if (watched && takeReminder(limits, now)) {
        reminders.push_back(alerts::circuitOpen(watched->counterService, limits.attempts.size(),
                                                limits.lastReason));
      }
    }
  });
  if (settled) {  // else it would be reminded each minute
    for (const Alert& reminder : reminders) {
      ports_.alerter.raise(reminder);
    }
  }
  if (const auto saved = save()) {
    decideAnew(*saved);
  }
  // After it: what was due before its end must not end with it.
  if (endLeftAlone(incidents_, now, policy_.limits.coolDown)) {
    (void)save();
  }
  tellSetAside();
  attend();
}

void Monitor::decideAnew(const State& state) {
  if (journalOpen_) {
    return;  // until it is finished no repair can begin
  }
  const Time now = ports_.clock.now();
  for (Incident& incident : incidents_) {
    const Circumstances given = circumstances(incident.counterService, &state, now);
    // Its repair was ended by another process, and it failed once more since.
    const bool abandoned = !attending_ && incident.verdict == toString(Verdict::repair);
    incident.again = incident.again || abandoned || isDue(incident, policy_, policySince_, given);
  }
}

Circumstances Monitor::circumstances(const std::string& counterService, const State* state,
                                     Time now) const {
  Circumstances given{.limits = {},
                      .now = now,
                      .local = ports_.clock.local(now),
                      .paused = paused_,
                      .journalUnavailable = !state};
  if (state) {
    if (const auto limits = state->limits.find(counterService); limits != state->limits.end()) {
      given.limits = limits->second;
    }
  }
  return given;
}

void Monitor::adopt(Policy policy, PolicyOrigin origin, std::function<void()> onTakenOver) {
  nextPolicy_ = NextPolicy{std::move(policy), std::move(origin), std::move(onTakenOver)};
  if (!attending_) {
    takeOverPolicy();
  }
}

void Monitor::takeOverPolicy() {
  if (std::optional<NextPolicy> next = std::exchange(nextPolicy_, std::nullopt)) {
    policy_ = std::move(next->policy);
    origin_ = std::move(next->origin);
    policySince_ = ports_.clock.now();
    if (taken_) {
      // Whoever asks for the state learns what is in force at once.
      if (const auto saved = save()) {
        decideAnew(*saved);
      }
    }
    if (next->onTakenOver) {
      next->onTakenOver();
    }
    attend();
  }
}

/// What is passed over here, the check of each minute finds.
Incident* Monitor::findNext() {
  const Time now = ports_.clock.now();
  return findUndecided(incidents_, [&](const Incident& incident) {
    return foundHealthy_.isToBeLookedAt(incident.counterService, now);
  });
}

void Monitor::attend() {
  if (attending_ || stopping_ || (!findNext() && !journalOpen_)) {
    return;
  }
  attending_ = true;
  boost::asio::co_spawn(executor_, handleAll(), [this](std::exception_ptr failure) {
    attending_ = false;
    if (failure) {
      std::rethrow_exception(failure);  // a mistake of ours: ends the loop, the service restarts
    }
    takeOverPolicy();
  });
}

awaitable<void> Monitor::handleAll() {
  // Not within the call that found something to do: it may be handing on the log.
  co_await boost::asio::post(executor_, boost::asio::use_awaitable);
  co_await finishJournal();
  while (const Incident* incident = findNext()) {
    const std::string counterService = incident->counterService;
    const Milliseconds waited = ports_.clock.now() - incident->since;
    if (waited >= Milliseconds(0) && waited < settling &&
        !co_await ports_.repair.sleeper.sleep(settling - waited)) {
      co_return;
    }
    if (stopping_) {
      co_return;
    }
    co_await handle(counterService);
    takeOverPolicy();
  }
}

/// A failure that comes meanwhile may be by what was looked at before that: then once more, and not
/// for ever.
awaitable<Examination> Monitor::lookAtServer(WatchPolicy watch, Occasion occasion) {
  const auto lastRecord = [&]() -> std::optional<std::uint64_t> {
    const Incident* incident = findIncident(incidents_, watch.counterService);
    return incident ? std::optional(incident->lastRecord) : std::nullopt;
  };
  const std::optional<std::uint64_t> before = lastRecord();
  Examination examination = co_await examine(watch, policy_.limits, origin_, occasion,
                                             ports_.repair.survey, ports_.repair.probe);
  const std::optional<std::uint64_t> after = lastRecord();
  if (examination.findings.empty() && after && after != before) {
    examination = co_await examine(watch, policy_.limits, origin_, occasion, ports_.repair.survey,
                                   ports_.repair.probe);
  }
  co_return examination;
}

void Monitor::leaveToOther(Incident& incident) {
  incident.verdict = toString(Verdict::repairUnderWay);
  incident.judged = ports_.clock.now();
  incident.again = false;
  (void)save();
}

awaitable<void> Monitor::handle(std::string counterService) {
  const auto incidentNow = [&] { return findIncident(incidents_, counterService); };
  const WatchPolicy* watched = policy_.find(counterService);
  if (!watched) {
    endIncident(counterService);  // a new policy no longer watches it
    co_return;
  }
  const WatchPolicy watch = *watched;
  // Held from here on, so that nobody else changes what is examined and decided upon.
  const Holding lock(ports_.lock);
  if (lock) {
    co_await finishFoundJournal();  // of a command that was ended
    if (stopping_ || !incidentNow()) {
      co_return;
    }
  }
  const Occasion occasion = occasionOf(*incidentNow());
  Examination examination = co_await lookAtServer(watch, occasion);
  if (stopping_ || !incidentNow()) {
    co_return;  // the next start decides it; or it was repaired beside us meanwhile
  }
  if (examination.findings.empty() && lock) {
    endHealthy(*incidentNow());
    co_return;
  }
  if (examination.findings.empty()) {
    // While another process is at it: whether it stays so, that repair's end tells.
    leaveToOther(*incidentNow());
    co_return;
  }
  foundHealthy_.forget(counterService);
  const Time now = ports_.clock.now();
  if (decideOn(*incidentNow(), examination, watch, !lock, now) == Verdict::repair) {
    co_await repair(watch, std::move(examination), now);
  }
}

Occasion Monitor::occasionOf(const Incident& incident) const {
  const auto counts = [&](const Incident& each) {
    return !each.verdict.empty() ||
           !foundHealthy_.isHealthyAgainAndAgain(each.counterService, ports_.clock.now(),
                                                 policy_.limits.coolDown);
  };
  return {.status = incident.status,
          .eventId = incident.eventId,
          .servicesFailingTogether = failingTogether(incidents_, incident, counts)};
}

void Monitor::endHealthy(const Incident& incident) {
  const std::string counterService = incident.counterService;
  const bool isNews =
      foundHealthy_.note(counterService, ports_.clock.now(), policy_.limits.coolDown);
  const bool wasTold = !incident.cause.empty();  // 200: its end is told too
  if (isNews || wasTold) {
    ports_.alerter.raise(alerts::healthyAgain(counterService));
  }
  endIncident(counterService);
}

Verdict Monitor::decideOn(Incident& incident, const Examination& examination,
                          const WatchPolicy& watch, bool otherRepairs, Time now) {
  const std::string counterService = incident.counterService;
  const auto state = ports_.state.read();
  Circumstances given = circumstances(counterService, state ? &*state : nullptr, now);
  given.repairUnderWay = otherRepairs || journalOpen_ || (state && state->journal);
  const Decision decision = decide(examination.findings, policy_, watch, given);
  const Cause cause = examination.findings.front().cause;
  if (judge(incident, cause, decision.verdict, now)) {
    ports_.alerter.raise(alerts::incidentOpened(counterService, cause, decision.explanation,
                                                decision.verdict, examination.facts.eventStatus));
    if (decision.verdict != Verdict::repair && decision.mode == Mode::repair) {
      ports_.alerter.raise(alerts::repairNotAttempted(counterService, decision.verdict));
    }
  }
  (void)save();  // after the alert: rather told twice than never
  return decision.verdict;
}

awaitable<void> Monitor::repair(WatchPolicy watch, Examination examination, Time begin) {
  const std::string& counterService = watch.counterService;
  Plan plan = planRepair(examination.facts, examination.findings, watch);
  RepairOrder order{.policy = policy_,
                    .watch = watch,
                    .origin = origin_,
                    .examination = std::move(examination),
                    .plan = std::move(plan),
                    .backupFolder = backupFolderFor(backupRoot_, counterService, begin),
                    .begin = begin};
  const auto outcome = co_await attemptRepair(std::move(order), attemptPorts());
  if (!outcome) {
    ports_.alerter.raise(alerts::repairNotAttempted(counterService, Verdict::journalUnavailable));
    if (Incident* incident = findIncident(incidents_, counterService)) {
      incident->verdict = toString(Verdict::journalUnavailable);
    }
    co_return;
  }
  if (const auto after = ports_.state.read()) {
    lastRepairs_ = after->lastRepairs;
    journalOpen_ = after->journal.has_value();
  }
  if (outcome->result == RepairOutcome::Result::repaired) {
    endIncident(counterService);
  } else if (Incident* incident = findIncident(incidents_, counterService);
             incident && outcome->result == RepairOutcome::Result::failed) {
    incident->verdict = attemptFailed;
    (void)save();
  }
}

}  // namespace imshealth
