// The state as text for Prometheus (windows_exporter's textfile collector reads the file). Names
// are a contract with dashboards and alerting rules: never rename, only add.
#pragma once

#include "config/policy.h"
#include "core/state.h"

#include <string>

namespace imshealth {

/// What the state does not know.
struct MetricsOccasion {
  std::string version;
  const Policy& policy;        ///< in force
  bool policyRefused = false;  ///< policy.json as it is now was refused; `policy` is an earlier one
  Time now;
};

/// Text exposition format 0.0.4: HELP and TYPE before each metric, a line feed at the end. Every
/// watched counter service has its series from the start, so that a rate over the first incident is
/// right.
std::string writeMetrics(const State&, const MetricsOccasion&);

}  // namespace imshealth
