// How a watched counter service is headed in texts for people.
#pragma once

#include "config/policy.h"

#include <string>

namespace imshealth {

/// "MSExchangeIMC (Internet Mail Service)": the name that programs and registry know, then the one
/// that the policy gives it, where it gives one.
std::string heading(const WatchPolicy&);

}  // namespace imshealth
