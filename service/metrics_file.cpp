#include "service/metrics_file.h"

#include "core/metrics.h"
#include "core/version.h"

namespace imshealth {

void MetricsFile::write() {
  if (!policy_.metrics.textfile) {
    return;
  }
  const auto state = state_.read();
  if (!state) {
    return;  // its reader is told; the file says by its age that nothing is known
  }
  const std::string text = writeMetrics(
      *state,
      {.version = version, .policy = policy_, .policyRefused = refused_, .now = clock_.now()});
  const auto written = files_.replace(*policy_.metrics.textfile, {text.begin(), text.end()});
  if (!written && !failed_) {
    log_.error("metrics: " + written.error().describe());
  }
  failed_ = !written;
}

}  // namespace imshealth
