// From the bytes of policy.json to a Policy, or to everything that is wrong with it.
#pragma once

#include "config/place.h"
#include "config/policy.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace imshealth {

enum class Severity { error, warning };

/// One thing to say about a policy file, with its place, as a compiler would.
struct Diagnostic {
  Severity severity = Severity::error;
  int line = 1;         ///< from 1
  int column = 1;       ///< from 1, in characters (code points), as editors count
  std::string pointer;  ///< JSON pointer of the value; empty: the document
  std::string message;  ///< one sentence without a full stop; says what to do where it can

  bool operator==(const Diagnostic&) const = default;
};

struct PolicyReading {
  std::optional<Policy> policy;  ///< absent exactly when there is an error among the diagnostics
  std::vector<Diagnostic> diagnostics;  ///< in the order of the file
  std::map<std::string, Place> places;  ///< of each value in the file, by JSON pointer
};

/// In bytes; far above what any policy needs.
inline constexpr std::size_t largestPolicyFile = 1024 * 1024;

/// Reads a policy: UTF-8 with or without BOM, or UTF-16 with BOM; `//` and `/* */` comments.
/// Never throws on bad input. At most largestPolicyFile; nesting is limited.
PolicyReading parsePolicy(std::string_view bytes);

/// "policy.json:12:18: error: …", the source line and a caret below it, for each diagnostic; they
/// are in the order of the file.
std::string render(const std::vector<Diagnostic>&, std::string_view fileName,
                   std::string_view bytes);

/// The JSON Schema (draft-07) that is embedded in the program.
std::string_view policySchema();

}  // namespace imshealth
