#include "service/metrics_file.h"

#include "core/metrics.h"
#include "core/version.h"
#include "service/file_facts.h"
#include "service/win32/file_io.h"
#include "service/win32/text.h"

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
  const auto written = replace(*policy_.metrics.textfile, text);
  if (!written && !failed_) {
    log_.error("metrics: " + written.error().describe());
  }
  failed_ = !written;
}

/// Whoever can write in the folder could plant links under our names, and have the service change
/// files that only SYSTEM may. The new file has the access list that the folder gives it.
Result<void> MetricsFile::replace(const std::string& file, const std::string& text) const {
  if (const std::string why = whyNotTrusted(files_, "metrics", file); !why.empty()) {
    return Error(ErrorKind::accessDenied, file, 0, "not written, since " + why);
  }
  const std::string beside = file + ".new";
  auto done = writeFreshFile(beside, text);
  if (done) {
    done = moveOver(beside, file);
  }
  if (!done) {
    DeleteFileW(toWide(beside).c_str());
  }
  return done;
}

}  // namespace imshealth
