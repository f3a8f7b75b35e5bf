// Text of others, fit to be quoted in a finding.
#pragma once

#include <string>
#include <string_view>

namespace imshealth {

/// Control characters become '?'; longer than 260 bytes is cut at a character's edge and marked
/// with "...".
std::string printable(std::string_view foreign);

}  // namespace imshealth
