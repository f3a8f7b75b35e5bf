#include "core/witness.h"

#include "config/ascii.h"
#include "core/alert.h"
#include "core/match.h"

#include <fmt/format.h>

#include <algorithm>

namespace imshealth {

namespace {

/// 2007: the service needs lodctr by hand. 3000 to 3018: the texts or the load failed.
bool isComplaint(std::uint16_t code) {
  return code == 2007 || (code >= 3000 && code <= 3018);
}

/// Corruption of the lists as a whole: logged without the name of a service.
bool concernsEverybody(std::uint16_t code) {
  return (code >= 3000 && code <= 3002) || code == 3012 || code == 3015 || code == 3018;
}

}  // namespace

void Witness::attend(std::string counterService, std::int64_t since) {
  *this = Witness{};
  since_ = since;
  service_ = std::move(counterService);
}

bool Witness::isAboutService(const LogEvent& event) const {
  return std::any_of(event.strings.begin(), event.strings.end(),
                     [&](const std::string& text) { return equalsIgnoringCase(text, service_); });
}

void Witness::note(const LogEvent& event) {
  if (service_.empty()) {
    return;
  }
  const bool ours = isAboutService(event);
  if (isFromLoadPerf(event)) {
    if (event.timeWritten < since_) {
      return;
    }
    loaded_ = loaded_ || (ours && event.code() == 1000);
    unloaded_ = unloaded_ || (ours && event.code() == 1001);
    if (isComplaint(event.code()) && (ours || concernsEverybody(event.code()))) {
      complaint_ = fmt::format("LoadPerf logged event {}{}{}", event.code(),
                               event.strings.empty() ? "" : ": ",
                               event.strings.empty() ? "" : sanitise(event.strings.front()));
    }
  } else if (ours && isFromPerflib(event) && event.code() == openFailedEvent) {
    lastOpenFailure_ = {event.epoch, event.recordNumber};
  }
}

}  // namespace imshealth
