// File names of counter libraries that Exchange is known to have brought for a counter service:
// needed where nothing registers one, and where an event names a library only.
#pragma once

#include "config/ascii.h"

#include <array>
#include <span>
#include <string_view>

namespace imshealth {

/// Newest first. MSExchangeIMC: imsperf.dll with Exchange 5.5 (Q256927), gwperf.dll with 4.0
/// and 5.0 (Q163727), imcperf.dll in the list of Q167635. Empty: none known.
inline std::span<const std::string_view> knownLibrariesOf(std::string_view counterService) {
  static constexpr std::array<std::string_view, 3> internetMail{"imsperf.dll", "gwperf.dll",
                                                                "imcperf.dll"};
  return equalsIgnoringCase(counterService, "MSExchangeIMC") ? std::span(internetMail)
                                                             : std::span<const std::string_view>();
}

}  // namespace imshealth
