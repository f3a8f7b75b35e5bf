// The commented policy file that `policy init` writes. What it says is the built-in default.
#pragma once

#include <string_view>

namespace imshealth {

/// config/policy.default.jsonc as it is embedded in the program.
std::string_view defaultPolicyText();

}  // namespace imshealth
