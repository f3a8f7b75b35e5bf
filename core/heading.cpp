#include "core/heading.h"

#include "core/printable.h"

namespace imshealth {

std::string heading(const WatchPolicy& watch) {
  if (watch.displayName.empty()) {
    return watch.counterService;
  }
  return watch.counterService + " (" + printable(watch.displayName) + ")";
}

}  // namespace imshealth
