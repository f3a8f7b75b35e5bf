// What is wrong with a value that the schema refuses, in words that tell what to write instead.
#pragma once

#include "config/jsonc.h"
#include "config/validate.h"

#include <vector>

namespace imshealth {

/// One diagnostic for each mistake; the validator's own words only where there are no better ones.
/// Those of unknown keys have no message yet: see nameUnknownKeys.
std::vector<Diagnostic> explainViolations(const JsoncDocument& document,
                                          const std::vector<SchemaViolation>& violations);

/// Says of each unknown key what was meant. That takes longest, and one wrong file has thousands of
/// them: it is for those that are shown only.
void nameUnknownKeys(std::vector<Diagnostic>& diagnostics);

}  // namespace imshealth
