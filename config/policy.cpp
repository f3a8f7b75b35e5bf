#include "config/policy.h"

#include "config/ascii.h"
#include "config/default_policy.h"
#include "config/parse_policy.h"

namespace imshealth {

const WatchPolicy* Policy::find(std::string_view counterService) const {
  for (const WatchPolicy& candidate : watch) {
    if (equalsIgnoringCase(candidate.counterService, counterService))
      return &candidate;
  }
  return nullptr;
}

Policy builtInPolicy() {
  return parsePolicy(defaultPolicyText()).policy.value();
}

std::string_view toString(Mode mode) {
  return mode == Mode::repair ? "repair" : "alert";
}

std::string_view toString(Procedure procedure) {
  return procedure == Procedure::minimal ? "minimal" : "full";
}

std::string_view toString(EventApi api) {
  switch (api) {
    case EventApi::winevt: return "winevt";
    case EventApi::classic: return "classic";
    case EventApi::automatic: break;
  }
  return "auto";
}

}  // namespace imshealth
