#include "core/hearing_check.h"

#include "config/ascii.h"
#include "core/alerts.h"

namespace imshealth {

namespace {

/// Anybody who may log on can write such events; what they can make us remember is 64 KB.
constexpr std::size_t longestNonce = 64;
constexpr std::size_t mostNonces = 1000;

}  // namespace

Result<Time> sendProof(const Clock& clock, StateKeeper& state, Alerter& alerter,
                       const std::string& by) {
  HearingProof begun;
  const auto noted = state.update([&](State& all) {
    beginProof(all.proof, clock.now(), by);
    begun = all.proof;
  });
  if (!noted) {
    return noted.error();
  }
  if (const auto written = alerter.writeNow(alerts::proofOfHearing(begun.nonce)); !written) {
    return written.error();
  }
  return begun.sent;
}

void HearingCheck::takeUp() {
  (void)state_.update([](State& state) { forgetProofUnderWay(state.proof); });
}

void HearingCheck::heard(const LogEvent& event) {
  if (event.code() == proofOfHearingId && equalsIgnoringCase(event.source, "ImsHealth") &&
      event.strings.size() == 1 && event.strings.front().size() <= longestNonce &&
      nonces_.size() < mostNonces) {
    nonces_.insert(event.strings.front());
  }
}

void HearingCheck::caughtUp() {
  if (nonces_.empty()) {
    return;
  }
  std::optional<Milliseconds> outage;
  const auto noted = state_.update([&](State& state) {
    outage.reset();
    for (const std::string& nonce : nonces_) {
      if (const auto heard = noteHeard(state.proof, nonce, clock_.now())) {
        outage = heard->outage;
      }
    }
  });
  if (!noted) {
    return;  // looked up again with the next event
  }
  nonces_.clear();
  if (outage) {
    alerter_.raise(alerts::heardAgain(*outage));
  }
}

void HearingCheck::safetyCheck() {
  caughtUp();
  ProofCheck check;
  const auto noted =
      state_.update([&](State& state) { check = checkProof(state.proof, clock_.now()); });
  if (!noted) {
    return;  // without a state nobody could tell what was heard
  }
  if (check.lost) {
    alerter_.raise(alerts::proofLost(*check.lost));
  }
  if (check.due) {
    // What cannot be written is not heard, and told so after the longest time that a proof may
    // take.
    (void)sendProof(clock_, state_, alerter_, "service");
  }
}

}  // namespace imshealth
