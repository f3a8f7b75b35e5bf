#include "core/log_settings.h"

#include "core/alerts.h"

namespace imshealth {

std::vector<Alert> impediments(const LogSettings& settings) {
  std::vector<Alert> found;
  if (settings.perflibEventLogLevel == 0u) {
    found.push_back(alerts::hearingImpeded(
        "EventLogLevel of Perflib is 0, so that it reports nothing (Q226494)",
        "Set EventLogLevel below HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Perflib to "
        "1"));
  }
  if (settings.full == true) {
    found.push_back(
        alerts::hearingImpeded("the log is full, and new events are thrown away",
                               "Save and clear the log, and have it overwrite events as "
                               "needed"));
  } else if (settings.retention.value_or(0) != 0 && !settings.archivesWhenFull) {
    found.push_back(alerts::hearingImpeded(
        "the log does not overwrite events as needed, and throws new ones away once it is full",
        "Have it overwrite events as needed, and make it large enough"));
  }
  return found;
}

}  // namespace imshealth
