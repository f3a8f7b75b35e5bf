// Settings of the machine under which an open failure never reaches the Application log. A log that
// is silent because of them looks like a healthy server, so they are warned of at each start (alert
// 322).
#pragma once

#include "core/alert.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace imshealth {

/// What could not be read is absent, and not warned of.
struct LogSettings {
  std::optional<std::uint32_t> perflibEventLogLevel;  ///< 0: Perflib reports nothing (KB226494)
  /// 0: overwrites as needed. Seconds for which records are kept, or 0xFFFFFFFF: never overwritten.
  std::optional<std::uint32_t> retention;
  bool archivesWhenFull = false;  ///< AutoBackupLogFiles: a full log is saved and begun anew
  std::optional<bool> full;       ///< events are thrown away now
};

/// One alert for each setting that stands in the way of hearing.
std::vector<Alert> impediments(const LogSettings&);

}  // namespace imshealth
