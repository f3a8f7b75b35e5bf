// Facts, open failures and findings to and from JSON: an incident can be decided again from its
// facts.
#pragma once

#include "core/diagnose.h"
#include "core/error.h"
#include "core/facts.h"
#include "core/match.h"

#include <nlohmann/json_fwd.hpp>

#include <string_view>
#include <vector>

namespace imshealth {

/// Reading back gives exactly what was written. Text from the server may hold anything: dump() it
/// with error_handler_t::replace.
nlohmann::json toJson(const Facts&);
nlohmann::json toJson(const OpenFailure&);
/// The contract's shape: cause, evidence, remedy, repairable; and the article where there is one.
nlohmann::json toJson(const Finding&);

/// Unknown keys are passed over, missing ones have their default. An error names the key:
/// "facts: key.firstCounter: a whole number of its range expected".
Result<Facts> factsFromJson(const nlohmann::json&);
Result<OpenFailure> openFailureFromJson(const nlohmann::json&);
/// Remedy and article are not read: they are the table's.
Result<Finding> findingFromJson(const nlohmann::json&);

}  // namespace imshealth
