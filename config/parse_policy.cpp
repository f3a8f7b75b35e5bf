#include "config/parse_policy.h"

#include "config/decode_text.h"
#include "config/effective_policy.h"
#include "config/policy_document.h"

#include <fmt/format.h>

namespace imshealth {
namespace {

/// The line with this number, without its end; empty where the text is shorter.
std::string_view lineAt(std::string_view text, int line) {
  Place place;
  std::size_t at = 0;
  while (at < text.size() && place.line < line) {
    place = stepped(place, text, at);
    ++at;
  }
  if (place.line < line)
    return {};
  const std::string_view rest = text.substr(at);
  return rest.substr(0, rest.find_first_of("\r\n"));
}

}  // namespace

PolicyReading parsePolicy(std::string_view bytes) {
  PolicyDocument document = readPolicyDocument(bytes);
  PolicyReading reading;
  if (document.valid)
    reading.policy = policyFromJson(document.effective);
  reading.diagnostics = std::move(document.diagnostics);
  reading.places = std::move(document.json.values);
  return reading;
}

std::string render(const Diagnostic& diagnostic, std::string_view fileName,
                   std::string_view bytes) {
  std::string shown =
      fmt::format("{}:{}:{}: {}: {}\n", fileName, diagnostic.line, diagnostic.column,
                  diagnostic.severity == Severity::error ? "error" : "warning", diagnostic.message);
  constexpr std::size_t widest = 200;
  const DecodedText text = decodeText(bytes);
  const std::string_view line = firstCodePoints(lineAt(text.utf8, diagnostic.line), widest);
  if (line.empty() || diagnostic.column > static_cast<int>(widest))
    return shown;
  // Tabs stay tabs below too, so that the caret stands right however wide they are shown.
  std::string caret;
  for (const char c : firstCodePoints(line, static_cast<std::size_t>(diagnostic.column - 1))) {
    if (!isContinuation(c))
      caret.push_back(c == '\t' ? '\t' : ' ');
  }
  std::string printable(line);
  for (char& c : printable) {
    const bool control = static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
    if (control && c != '\t')
      c = '?';
  }
  return shown + printable + "\n" + caret + "^\n";
}

}  // namespace imshealth
