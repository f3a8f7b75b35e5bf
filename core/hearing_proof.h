// Proof of hearing: an event of our own that travels the whole way, out through the alert log and
// back through the event source. A reader that died looks like a quiet log; only what is known to
// have been written can tell the two apart. A small pure state machine; core/hearing_check.h runs
// it.
#pragma once

#include "core/time.h"

#include <cstdint>
#include <optional>
#include <string>

namespace imshealth {

/// The last journey of a proof-of-hearing event.
struct HearingProof {
  std::string nonce;              ///< of the event under way; empty: none
  Time sent;                      ///< of the last event, under way or not
  std::optional<Time> heard;      ///< when the last one that came back did
  Milliseconds latency{0};        ///< from sent to heard
  std::optional<Time> lostSince;  ///< alert 330 was raised, and nothing was heard since

  bool operator==(const HearingProof&) const = default;
};

/// Event id of the proof of hearing: written by us, heard by us.
inline constexpr std::uint16_t proofOfHearingId = 900;

/// A notification can be missed on NT and 2000 (KB833010); then the safety check of each minute
/// reads the log. What has not come back half a minute after that is not on its way any more.
inline constexpr Milliseconds longestProof = std::chrono::seconds(90);
inline constexpr Milliseconds proofInterval = std::chrono::hours(24);
/// After a loss: often enough for an all-clear, too seldom to fill a log that nobody reads.
inline constexpr Milliseconds lostProofInterval = std::chrono::hours(1);

/// `by` tells the nonces of the service and the command line apart.
void beginProof(HearingProof&, Time now, const std::string& by);

/// The program was stopped while a proof was under way; that proves nothing, and the next is due.
void forgetProofUnderWay(HearingProof&);

/// A nonce came back through the event source. Value: it was the one under way; with the time since
/// the loss, where one had been told (alert 331).
struct Heard {
  std::optional<Milliseconds> outage;
};
std::optional<Heard> noteHeard(HearingProof&, const std::string& nonce, Time now);

/// What the check of each minute finds. Times in the future (the clock was set back) count as now,
/// so that a wrong clock can put off a proof by one interval at most.
struct ProofCheck {
  /// Waited for the proof under way that long: alert 330, once an outage.
  std::optional<Milliseconds> lost;
  bool due = false;  ///< it is time for the next one
};
ProofCheck checkProof(HearingProof&, Time now);

}  // namespace imshealth
