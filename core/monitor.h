// The engine: hears events, opens incidents, lets them settle, and has each examined, decided and,
// where the policy says so, repaired. One thread; nothing in here blocks but the ports.
#pragma once

#include "config/policy.h"
#include "core/attempt.h"
#include "core/decide.h"
#include "core/event_source.h"
#include "core/found_healthy.h"
#include "core/match.h"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace imshealth {

struct MonitorPorts {
  const Clock& clock;
  StateKeeper& state;
  Alerter& alerter;
  RepairLock& lock;
  RepairPorts repair;
};

class Monitor {
 public:
  /// While a long log is read. A save is two flushed files, as slow as the reading of thousands of
  /// records.
  static constexpr Milliseconds longestUnsaved = std::chrono::seconds(5);

  Monitor(boost::asio::any_io_executor, MonitorPorts, Policy, PolicyOrigin, std::string backupRoot);
  Monitor(const Monitor&) = delete;
  Monitor& operator=(const Monitor&) = delete;

  /// Takes up what the last run left: damaged state is alerted, an open journal is finished,
  /// incidents that were not decided are. To be called before the first event.
  boost::asio::awaitable<void> takeUp();

  /// One event of the log, in order. Cheap: 20,000 failures in a row only count.
  void heard(const LogEvent&);
  /// Everything up to the cursor has been handed on. Incidents and cursor only ever go to disk
  /// together, so that each failure leads to exactly one decision; at once where `saveNow` or an
  /// incident was opened, else every `longestUnsaved`: what a kill takes is heard again, and
  /// counted once.
  void caughtUp(const Cursor&, std::string_view api, bool saveNow);
  /// When the log was last read to no new record; saved with the next `safetyCheck`.
  void noteRead(Time at) { lastRead_ = at; }
  /// Once a minute: incidents end or are decided anew, reminders, alerts that could not be written,
  /// a roll-back that failed.
  void safetyCheck();

  /// A new policy; taken over between two incidents, never within a repair. `onTakenOver` is called
  /// then; not at all where another policy comes before that.
  void adopt(Policy, PolicyOrigin, std::function<void()> onTakenOver = {});
  /// Paused: listens and alerts, does not repair.
  void pause(bool paused) { paused_ = paused; }
  void stop() { stopping_ = true; }
  /// Nothing is being examined or repaired.
  bool isIdle() const { return !attending_; }
  const Policy& policy() const { return policy_; }

 private:
  void attend();
  Incident* findNext();  ///< to be handled now; nullptr: none
  Circumstances circumstances(const std::string& counterService, const State* state,
                              Time now) const;
  boost::asio::awaitable<void> handleAll();
  boost::asio::awaitable<void> handle(std::string counterService);
  boost::asio::awaitable<Examination> lookAtServer(WatchPolicy, Occasion);
  Occasion occasionOf(const Incident&) const;
  /// It is healthy: told where that is news, and over.
  void endHealthy(const Incident&);
  void leaveToOther(Incident&);
  /// Decides and tells; with the repair lock unless `otherRepairs`.
  Verdict decideOn(Incident&, const Examination&, const WatchPolicy&, bool otherRepairs, Time now);
  boost::asio::awaitable<void> repair(WatchPolicy, Examination, Time begin);  ///< with the lock
  boost::asio::awaitable<void> finishJournal();
  boost::asio::awaitable<void> finishFoundJournal();  ///< under the repair lock
  void takeFrom(const State&);                        ///< what the last run left
  bool learnOfRepairs(const State&);                  ///< true: one has failed again since
  bool isOlderThanLastRepair(const OpenFailure&) const;
  void endIncident(const std::string& counterService);
  /// Best effort: what is not saved is read from the log again at the next start.
  Result<State> save();
  void decideAnew(const State&);
  void tellSetAside();
  AttemptPorts attemptPorts();
  void takeOverPolicy();

  struct NextPolicy {
    Policy policy;
    PolicyOrigin origin;
    std::function<void()> onTakenOver;
  };
  boost::asio::any_io_executor executor_;
  MonitorPorts ports_;
  Policy policy_;
  PolicyOrigin origin_;
  Time policySince_;
  std::optional<NextPolicy> nextPolicy_;
  std::string backupRoot_;
  std::vector<Incident> incidents_;  ///< as they will be saved
  FoundHealthy foundHealthy_;
  ByService<LastRepair> lastRepairs_;
  std::optional<UnrecordedEnd> unrecorded_;
  Cursor cursor_;
  std::string api_;
  std::optional<Time> lastRead_;  ///< without an error
  Time lastSave_;
  bool taken_ = false;  ///< what the last run left is in here
  bool openedSinceSave_ = false;
  bool attending_ = false;
  bool journalOpen_ = false;
  bool paused_ = false;
  bool stopping_ = false;
};

}  // namespace imshealth
