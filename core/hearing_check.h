// Sends an event of our own on its way once a day, recognises it when it is heard, and raises the
// alarm when it does not come back (alerts 330 and 331). The command line sends one too: it writes
// nonce and event, the running service hears it like any other, and notes so in the state that both
// share.
#pragma once

#include "core/alerter.h"
#include "core/event.h"
#include "core/ports.h"
#include "core/state_keeper.h"

#include <set>
#include <string>

namespace imshealth {

/// Notes a proof in the state, then writes its event; `by` as of beginProof(). Returns when it was
/// sent. Error: state or event could not be written, so nothing will be heard.
Result<Time> sendProof(const Clock&, StateKeeper&, Alerter&, const std::string& by);

/// The service's side. One thread, the engine's.
class HearingCheck {
 public:
  HearingCheck(const Clock& clock, StateKeeper& state, Alerter& alerter)
      : clock_(clock), state_(state), alerter_(alerter) {}

  /// At the start, before the first event.
  void takeUp();
  /// One event of the log. Cheap: only remembers it.
  void heard(const LogEvent&);
  /// All events up to here were handed on: those remembered are looked up in the state, all at
  /// once.
  void caughtUp();
  /// Once a minute.
  void safetyCheck();

 private:
  const Clock& clock_;
  StateKeeper& state_;
  Alerter& alerter_;
  std::set<std::string> nonces_;  ///< heard and not looked up yet; bounded
};

}  // namespace imshealth
