// One reading of a policy file, kept whole for those who show it: text, JSON, places, verdict.
#pragma once

#include "config/jsonc.h"
#include "config/validate.h"

namespace imshealth {

struct PolicyDocument {
  JsoncDocument json;        ///< as the file has it
  nlohmann::json effective;  ///< with defaults; null where there is an error
  std::vector<SchemaViolation> violations;
  std::vector<Diagnostic> diagnostics;  ///< all, in the order of the file
  bool valid = false;                   ///< no error among the diagnostics
};

PolicyDocument readPolicyDocument(std::string_view bytes);

}  // namespace imshealth
