// What the schema cannot say: values that fit one by one but not together, and those that work but
// hardly as they were meant.
#pragma once

#include "config/jsonc.h"

#include <nlohmann/json.hpp>

#include <vector>

namespace imshealth {

/// `effective` is valid: what `document` says, or that part of it which the schema takes, with
/// defaults. The places are those of `document`.
std::vector<Diagnostic> checkSemantics(const JsoncDocument& document,
                                       const nlohmann::json& effective);

}  // namespace imshealth
