// What the service says in the event log: an id of the frozen table, its type and its strings.
// Ids and the order of the strings are a contract (service/messages.mc); collectors parse them.
#pragma once

#include "core/event.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace imshealth {

struct Alert {
  std::uint16_t id = 0;
  EventType type = EventType::information;
  std::vector<std::string> strings;  ///< safe to write: made by the functions of core/alerts.h

  bool operator==(const Alert&) const = default;
};

/// Foreign text made fit for an insertion string: control characters and bidirectional overrides
/// out, at most 1024 characters, a blank behind each % (the Event Viewer expands %n inside inserts
/// again: ReportEvent, remarks).
std::string sanitise(std::string_view foreign);

}  // namespace imshealth
