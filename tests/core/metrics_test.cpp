// The text for Prometheus. promtool reads the same sample in a test of its own (tests/installer).
#include "core/metrics.h"

#include "tests/core/metrics_sample.h"

#include <catch2/catch.hpp>

using namespace imshealth;
using Catch::Matchers::Contains;

TEST_CASE("A fresh server has every series of its watched services, at zero") {
  const Policy policy = sampleMetricsPolicy();
  const std::string text = writeMetrics({}, {.version = "1.2.3", .policy = policy, .now = {}});
  CHECK_THAT(text, Contains("imshealth_build_info{version=\"1.2.3\"} 1\n"));
  CHECK_THAT(text, Contains("imshealth_policy_info{mode=\"alert\"} 1\n"));
  CHECK_THAT(text, Contains("imshealth_incidents_total{counter_service=\"MSExchangeIMC\"} 0\n"));
  CHECK_THAT(
      text,
      Contains("imshealth_repairs_total{counter_service=\"MSExchangeIMC\",result=\"failed\"} 0\n"));
  CHECK_THAT(text, Contains("imshealth_circuit_open{counter_service=\"MSExchangeIMC\"} 0\n"));
  CHECK_THAT(text, !Contains("last_read"));
}

TEST_CASE("What happened is in the text, with times in seconds") {
  const std::string text = sampleMetrics();
  CHECK_THAT(text, Contains("imshealth_policy_info{mode=\"repair\"} 1\n"));
  CHECK_THAT(text, Contains("imshealth_policy_refused 1\n"));
  CHECK_THAT(text, Contains("imshealth_incidents_total{counter_service=\"MSExchangeIMC\"} 7\n"));
  CHECK_THAT(text, Contains("imshealth_incident_open{counter_service=\"MSExchangeIMC\"} 1\n"));
  CHECK_THAT(
      text,
      Contains(
          "imshealth_repairs_total{counter_service=\"MSExchangeIMC\",result=\"repaired\"} 4\n"));
  CHECK_THAT(
      text,
      Contains("imshealth_repairs_total{counter_service=\"MSExchangeIMC\",result=\"failed\"} 2\n"));
  CHECK_THAT(text, Contains("imshealth_circuit_open{counter_service=\"MSExchangeIMC\"} 1\n"));
  CHECK_THAT(text, Contains("imshealth_repair_attempts{counter_service=\"MSExchangeIMC\"} 2\n"));
  CHECK_THAT(text, Contains("imshealth_event_log_info{api=\"winevt\"} 1\n"));
  CHECK_THAT(text, Contains("imshealth_event_log_last_read_timestamp_seconds 946684800.25\n"));
  CHECK_THAT(text, Contains("imshealth_proof_heard_timestamp_seconds 946684700\n"));
  CHECK_THAT(text, Contains("imshealth_proof_latency_seconds 0.125\n"));
  CHECK_THAT(text, Contains("imshealth_alerts_total{id=\"200\"} 7\n"));
  CHECK_THAT(text, Contains("imshealth_written_timestamp_seconds 946684860\n"));
}

TEST_CASE("A lost proof of hearing is a gauge, which is there from the start") {
  State state;
  const Policy policy = sampleMetricsPolicy();
  const MetricsOccasion occasion{.version = "1", .policy = policy, .now = {}};
  CHECK_THAT(writeMetrics(state, occasion), Contains("imshealth_proof_lost 0\n"));
  state.proof.lostSince = timeFromSeconds(946684700);
  CHECK_THAT(writeMetrics(state, occasion), Contains("imshealth_proof_lost 1\n"));
}

TEST_CASE("A service of an earlier policy keeps its counts") {
  State state;
  state.totals.services["MSExchangeMTA"].incidents = 3;
  const Policy policy = sampleMetricsPolicy();
  CHECK_THAT(writeMetrics(state, {.version = "1", .policy = policy, .now = {}}),
             Contains("imshealth_incidents_total{counter_service=\"MSExchangeMTA\"} 3\n"));
}

TEST_CASE("A service that the policy has come to spell otherwise has one series") {
  State state;
  state.totals.services["msexchangeimc"].incidents = 3;
  state.limits["MSEXCHANGEIMC"].circuitOpen = true;
  const Policy policy = sampleMetricsPolicy();
  const std::string text = writeMetrics(state, {.version = "1", .policy = policy, .now = {}});
  CHECK_THAT(text, Contains("imshealth_incidents_total{counter_service=\"MSExchangeIMC\"} 3\n"));
  CHECK_THAT(text, Contains("imshealth_circuit_open{counter_service=\"MSExchangeIMC\"} 1\n"));
  CHECK_THAT(text, !Contains("msexchangeimc"));
  CHECK_THAT(text, !Contains("MSEXCHANGEIMC"));
}

TEST_CASE("Label values are escaped, and the text ends with a line feed") {
  State state;
  state.totals.services["a\"b\\c\nd"].incidents = 1;
  const Policy policy = sampleMetricsPolicy();
  const std::string text = writeMetrics(state, {.version = "1", .policy = policy, .now = {}});
  CHECK_THAT(text, Contains("{counter_service=\"a\\\"b\\\\c\\nd\"} 1\n"));
  CHECK(text.back() == '\n');
  CHECK_THAT(text, !Contains("\n\n"));
}
