// What is no fault of the counters and still worth knowing.
#pragma once

#include "core/facts.h"

#include <string>
#include <vector>

namespace imshealth {

/// Whole sentences for a person; they change no decision.
std::vector<std::string> remarksOn(const Facts&);

}  // namespace imshealth
