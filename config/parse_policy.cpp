#include "config/parse_policy.h"

#include "config/decode_text.h"
#include "config/effective_policy.h"
#include "config/policy_document.h"
#include "config/show_text.h"

#include <fmt/format.h>

namespace imshealth {
PolicyReading parsePolicy(std::string_view bytes) {
  PolicyDocument document = readPolicyDocument(bytes);
  PolicyReading reading;
  if (document.valid)
    reading.policy = policyFromJson(document.effective);
  reading.diagnostics = std::move(document.diagnostics);
  reading.places = std::move(document.json.values);
  return reading;
}

std::string render(const std::vector<Diagnostic>& diagnostics, std::string_view fileName,
                   std::string_view bytes) {
  const std::string utf8 = decodeText(bytes).utf8;
  TextCursor text(utf8);
  std::string shown;
  for (const Diagnostic& diagnostic : diagnostics) {
    shown += fmt::format("{}:{}:{}: {}: {}\n", fileName, diagnostic.line, diagnostic.column,
                         diagnostic.severity == Severity::error ? "error" : "warning",
                         diagnostic.message);
    shown += withCaret(text, {diagnostic.line, diagnostic.column});
  }
  return shown;
}

}  // namespace imshealth
