#include "core/hearing_proof.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace imshealth {

namespace {

void settle(HearingProof& proof, Time now) {
  proof.sent = std::min(proof.sent, now);
  for (auto* time : {&proof.heard, &proof.lostSince}) {
    if (*time) {
      *time = std::min(**time, now);
    }
  }
}

}  // namespace

void beginProof(HearingProof& proof, Time now, const std::string& by) {
  proof.nonce = fmt::format("{}-{}", by, now.time_since_epoch().count());
  proof.sent = now;
}

void forgetProofUnderWay(HearingProof& proof) {
  proof.nonce.clear();
}

std::optional<Heard> noteHeard(HearingProof& proof, const std::string& nonce, Time now) {
  if (proof.nonce.empty() || nonce != proof.nonce) {
    return std::nullopt;
  }
  settle(proof, now);
  proof.nonce.clear();
  proof.heard = now;
  proof.latency = now - proof.sent;
  Heard heard;
  if (const auto lost = std::exchange(proof.lostSince, std::nullopt)) {
    heard.outage = now - *lost;
  }
  return heard;
}

ProofCheck checkProof(HearingProof& proof, Time now) {
  settle(proof, now);
  const Milliseconds waited = now - proof.sent;
  if (proof.nonce.empty()) {
    const bool heardTheLast = proof.heard && *proof.heard >= proof.sent;
    return {.lost = {}, .due = !heardTheLast || waited >= proofInterval};
  }
  if (proof.lostSince) {
    return {.lost = {}, .due = waited >= lostProofInterval};
  }
  if (waited < longestProof) {
    return {};
  }
  proof.lostSince = now;
  return {.lost = waited, .due = false};
}

}  // namespace imshealth
