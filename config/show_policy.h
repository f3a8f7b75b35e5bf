// The policy that is in force, as JSON, with the origin of each value: the file's line or a
// default.
#pragma once

#include "config/parse_policy.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace imshealth {

/// JSON with a comment behind each value: "policy.json:12" or "default". It is a policy again.
/// `bytes` is the file as it is; without one, "{}". Nothing where the policy has an error.
std::optional<std::string> showPolicy(std::string_view bytes, std::string_view fileName);

/// The same for programs: {"policy":{…},"origins":{"/mode":"policy.json:12",…}}.
std::optional<std::string> showPolicyJson(std::string_view bytes, std::string_view fileName);

/// {"valid":bool,"diagnostics":[{"severity","line","column","pointer","message"}]}
std::string diagnosticsJson(const std::vector<Diagnostic>& diagnostics);

}  // namespace imshealth
