// Whether a policy obeys the schema: valijson's verdict, kept in one source file for its weight.
#pragma once

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace imshealth {

struct SchemaViolation {
  std::string pointer;      ///< JSON pointer of the value that breaks a rule
  std::string description;  ///< the validator's own words
};

/// Empty exactly when `value` is valid. A value whose member or entry is violated appears too.
/// Strings must be bounded by the caller (JsoncLimits): std::regex recurses by character.
std::vector<SchemaViolation> validateAgainstSchema(const nlohmann::json& value);

}  // namespace imshealth
