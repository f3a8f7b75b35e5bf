// From the file's JSON to what is in force: the schema's defaults filled in, then plain structs.
#pragma once

#include "config/policy.h"

#include <nlohmann/json.hpp>

namespace imshealth {

/// `value` with every default of the schema added that it lacks.
nlohmann::json withDefaults(const nlohmann::json& value);

/// `effective` is valid and complete: the result of withDefaults.
Policy policyFromJson(const nlohmann::json& effective);

}  // namespace imshealth
