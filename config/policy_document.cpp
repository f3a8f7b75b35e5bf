#include "config/policy_document.h"

#include "config/decode_text.h"
#include "config/effective_policy.h"
#include "config/explain_violation.h"
#include "config/policy_semantics.h"
#include "config/schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <set>

namespace imshealth {
namespace {

constexpr std::size_t mostDiagnostics = 100;

void append(std::vector<Diagnostic>& all, const std::vector<Diagnostic>& more) {
  all.insert(all.end(), more.begin(), more.end());
}

/// A value that could not be read as written is not judged a second time for what came of it.
void appendUnlessReplaced(std::vector<Diagnostic>& all, const std::vector<Diagnostic>& more,
                          const std::set<std::string>& replaced) {
  for (const Diagnostic& diagnostic : more) {
    if (diagnostic.pointer.empty() || !replaced.contains(diagnostic.pointer))
      all.push_back(diagnostic);
  }
}

/// Takes out the value, with an entry of a list the list. False: that would be everything.
bool leaveOut(nlohmann::json& value, const std::string& pointer) {
  nlohmann::json* at = &value;
  nlohmann::json* object = nullptr;
  std::string key;
  for (const std::string& token : pointerTokens(pointer)) {
    if (at->is_object() && at->contains(token)) {
      object = at;
      key = token;
      at = &(*at)[token];
    } else if (const std::size_t index = std::strtoul(token.c_str(), nullptr, 10);
               at->is_array() && index < at->size()) {
      at = &(*at)[index];
    } else {
      return true;  // it went with what is around it
    }
  }
  if (object != nullptr)
    object->erase(key);
  return object != nullptr;
}

/// The file without what is refused. Nothing where the rest does not fit the schema either.
std::optional<nlohmann::json> withoutRefused(nlohmann::json value,
                                             const std::vector<Diagnostic>& refused) {
  for (const Diagnostic& diagnostic : refused) {
    if (!leaveOut(value, diagnostic.pointer))
      return {};
  }
  if (!validateAgainstSchema(value).empty())
    return {};
  return value;
}

/// What else is wrong with a file that the schema refuses, so that it is all told in one go. No
/// warnings: they may come of what was left out.
std::vector<Diagnostic> semanticErrorsBesides(const std::vector<Diagnostic>& refused,
                                              const JsoncDocument& document) {
  std::vector<Diagnostic> errors;
  if (const auto rest = withoutRefused(document.value, refused))
    errors = checkSemantics(document, withDefaults(*rest));
  std::erase_if(
      errors, [](const Diagnostic& diagnostic) { return diagnostic.severity != Severity::error; });
  return errors;
}

void sortAndBound(std::vector<Diagnostic>& diagnostics) {
  std::ranges::stable_sort(diagnostics, {}, [](const Diagnostic& diagnostic) {
    return Place{diagnostic.line, diagnostic.column};
  });
  if (diagnostics.size() <= mostDiagnostics)
    return;
  const std::size_t more = diagnostics.size() - mostDiagnostics;
  diagnostics.resize(mostDiagnostics);
  Diagnostic last = diagnostics.back();
  last.severity = Severity::error;
  last.message = fmt::format("and {} more; only the first {} are listed", more, mostDiagnostics);
  diagnostics.push_back(std::move(last));
}

}  // namespace

PolicyDocument readPolicyDocument(std::string_view bytes) {
  PolicyDocument document;
  if (bytes.size() > largestPolicyFile) {
    document.diagnostics = {
        {Severity::error, 1, 1, "", "the file is larger than 1 MB, more than any policy needs"}};
    return document;
  }
  const DecodedText text = decodeText(bytes);
  if (text.error) {
    document.diagnostics = {*text.error};
    return document;
  }
  document.json = readJsonc(text.utf8);
  append(document.diagnostics, document.json.errors);
  if (document.json.complete) {
    document.violations = validateAgainstSchema(document.json.value);
    appendUnlessReplaced(document.diagnostics,
                         explainViolations(document.json, document.violations),
                         document.json.replaced);
  }
  if (document.diagnostics.empty()) {
    document.effective = withDefaults(document.json.value);
    document.diagnostics = checkSemantics(document.json, document.effective);
  } else if (document.json.complete) {
    append(document.diagnostics, semanticErrorsBesides(document.diagnostics, document.json));
  }
  document.valid = std::ranges::none_of(document.diagnostics, [](const Diagnostic& diagnostic) {
    return diagnostic.severity == Severity::error;
  });
  sortAndBound(document.diagnostics);
  nameUnknownKeys(document.diagnostics);
  return document;
}

}  // namespace imshealth
