// One state in which every metric has something to say; for the unit tests and for promtool.
#pragma once

#include "core/metrics.h"

namespace imshealth {

inline Policy sampleMetricsPolicy() {
  Policy policy;
  policy.watch = {WatchPolicy{}};
  policy.watch.front().counterService = "MSExchangeIMC";
  return policy;
}

inline std::string sampleMetrics() {
  Policy policy = sampleMetricsPolicy();
  policy.mode = Mode::repair;
  State state;
  state.api = "winevt";
  state.lastRead = timeFromSeconds(946684800) + Milliseconds(250);
  state.incidents.push_back({.counterService = "MSExchangeIMC",
                             .cause = "openFailed",
                             .verdict = "attemptsExhausted",
                             .since = timeFromSeconds(946684000),
                             .lastEvent = timeFromSeconds(946684100),
                             .events = 12,
                             .status = 2});
  state.limits["MSExchangeIMC"] = {
      .attempts = {timeFromSeconds(946684200), timeFromSeconds(946684300)},
      .lastAttemptEnd = timeFromSeconds(946684360),
      .circuitOpen = true,
      .lastReason = "openFailed",
      .lastReminder = timeFromSeconds(946684360)};
  state.lastRepairs["MSExchangeIMC"] = {.epoch = 1,
                                        .endRecord = 4711,
                                        .begin = timeFromSeconds(946684300),
                                        .end = timeFromSeconds(946684360),
                                        .repaired = false};
  state.proof = {.nonce = {},
                 .sent = timeFromSeconds(946684700),
                 .heard = timeFromSeconds(946684700),
                 .latency = Milliseconds(125),
                 .lostSince = {}};
  state.totals.services["MSExchangeIMC"] = {
      .incidents = 7, .repaired = 4, .failed = 2, .notAttempted = 1};
  state.totals.alerts = {{100, 1}, {200, 7}, {202, 4}, {203, 2}, {204, 1}, {205, 1}};
  return writeMetrics(state, {.version = "1.0.0",
                              .policy = policy,
                              .policyRefused = true,
                              .now = timeFromSeconds(946684860)});
}

}  // namespace imshealth
