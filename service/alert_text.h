// What the Event Viewer shows for an alert, made from the message table of messages.mc.
#pragma once

#include "service/win32/sdk.h"

#include <cstdint>
#include <string>
#include <vector>

namespace imshealth {

/// One line. `exe` holds the message table; null: this program. Empty where it has no such id.
std::string alertText(HMODULE exe, std::uint16_t id, const std::vector<std::string>& strings);

}  // namespace imshealth
