#include "core/remarks.h"

namespace imshealth {

std::vector<std::string> remarksOn(const Facts& facts) {
  std::vector<std::string> remarks;
  if (facts.system.perflibEventLogLevel == 0U) {
    remarks.emplace_back(
        "Perflib's EventLogLevel is 0: it logs nothing, so no event 1008 will ever be heard "
        "(KB226494).");
  }
  if (!facts.system.hasLoadPerfSource && facts.system.osMajor >= 5) {
    remarks.emplace_back(
        "The event source LoadPerf is not registered: a repair is proved without its events.");
  }
  return remarks;
}

}  // namespace imshealth
