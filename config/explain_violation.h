// What is wrong with a value that the schema refuses, in words that tell what to write instead.
#pragma once

#include "config/jsonc.h"
#include "config/validate.h"

#include <vector>

namespace imshealth {

/// One diagnostic for each mistake; the validator's own words only where there are no better ones.
std::vector<Diagnostic> explainViolations(const JsoncDocument& document,
                                          const std::vector<SchemaViolation>& violations);

}  // namespace imshealth
