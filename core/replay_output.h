// What replay prints: JSON for programs, a table for people. Both say what was assumed.
#pragma once

#include "core/replay.h"

#include <string>
#include <vector>

namespace imshealth {

struct ReplayedFile {
  std::string file;
  EvtFileSummary summary;
};

struct ReplayReport {
  std::string policy;  ///< file name, or "built-in default"
  Mode mode = Mode::alert;
  std::string localTime;  ///< "UTC+02:00", or whose time zone was used
  ReplayAssumptions assumed;
  std::vector<ReplayedFile> files;
  Replay replay;
};

std::string replayJson(const ReplayReport&);
std::string replayTable(const ReplayReport&);

}  // namespace imshealth
