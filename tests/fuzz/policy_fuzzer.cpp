// Any bytes as policy.json: no crash, no hang, and a verdict that stands up to the JSON library's.
#include "config/decode_text.h"
#include "config/jsonc.h"
#include "config/show_policy.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>

namespace {

using namespace imshealth;

void require(bool holds) {
  if (!holds)
    std::abort();
}

/// What the reader takes without complaint is JSON to the library too, and means the same.
void compareReaders(std::string_view bytes) {
  const DecodedText text = decodeText(bytes);
  if (text.error)
    return;
  const JsoncDocument document = readJsonc(text.utf8);
  require(document.complete || !document.errors.empty());
  if (document.errors.empty())
    require(nlohmann::json::parse(text.utf8, nullptr, false, true) == document.value);
}

void checkReading(std::string_view bytes) {
  const PolicyReading reading = parsePolicy(bytes);
  const bool error = std::ranges::any_of(reading.diagnostics, [](const Diagnostic& diagnostic) {
    return diagnostic.severity == Severity::error;
  });
  require(reading.policy.has_value() == !error);
  for (const Diagnostic& diagnostic : reading.diagnostics)
    require(diagnostic.line >= 1 && diagnostic.column >= 1 && !diagnostic.message.empty());
  require(render(reading.diagnostics, "policy.json", bytes).empty() == reading.diagnostics.empty());
  require(!diagnosticsJson(reading.diagnostics).empty());
  if (reading.policy)
    require(parsePolicy(showPolicy(bytes, "policy.json").value()).policy == reading.policy);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  compareReaders(bytes);
  checkReading(bytes);
  return 0;
}
