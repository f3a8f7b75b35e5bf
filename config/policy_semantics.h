// What the schema cannot say: values that fit one by one but not together, and those that work but
// hardly as they were meant.
#pragma once

#include "config/jsonc.h"

#include <nlohmann/json.hpp>

#include <vector>

namespace imshealth {

/// `document` is what the file says, `effective` the same with defaults. Both are valid.
std::vector<Diagnostic> checkSemantics(const JsoncDocument& document,
                                       const nlohmann::json& effective);

}  // namespace imshealth
