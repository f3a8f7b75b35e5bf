#include "config/show_policy.h"

#include "config/policy_document.h"
#include "config/schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace imshealth {
namespace {

using nlohmann::json;

class Show {
 public:
  Show(const PolicyDocument& document, std::string_view fileName)
      : document_(document), fileName_(fileName) {}

  std::string asText() {
    writeValue("", document_.effective, 0, "");
    return std::move(text_);
  }

  json origins() {
    json all = json::object();
    collectOrigins("", document_.effective, all);
    return all;
  }

 private:
  /// A list from the file or by default is one value to its reader, and so are plain values.
  static bool isOneValue(const json& value) {
    return !value.is_object() &&
           std::ranges::none_of(value, [](const json& entry) { return entry.is_structured(); });
  }

  std::string originOf(const std::string& pointer) const {
    const auto found = document_.json.values.find(pointer);
    if (found == document_.json.values.end())
      return "default";
    return fmt::format("{}:{}", fileName_, found->second.line);
  }

  void line(int depth, std::string_view content) {
    text_ += fmt::format("{:{}}{}\n", "", depth * 2, content);
  }

  void writeValue(const std::string& pointer, const json& value, int depth, std::string_view tail) {
    const std::vector<std::string> tokens = pointerTokens(pointer);
    const bool member = !tokens.empty() && !insideList_;
    const std::string name = member ? json(tokens.back()).dump() + ": " : "";
    if (value.empty() || isOneValue(value)) {
      line(depth, fmt::format("{}{}{}  // {}", name, spaced(value), tail, originOf(pointer)));
      return;
    }
    line(depth, name + (value.is_object() ? "{" : "["));
    std::vector<std::string> keys;
    for (const auto& entry : value.items())
      keys.push_back(entry.key());
    if (value.is_object())
      keys = inSchemaOrder(pointer, value);
    for (std::size_t i = 0; i < keys.size(); ++i) {
      const json& entry = value.is_object() ? value[keys[i]] : value[i];
      const bool outer = std::exchange(insideList_, value.is_array());
      writeValue(childPointer(pointer, keys[i]), entry, depth + 1, i + 1 < keys.size() ? "," : "");
      insideList_ = outer;
    }
    line(depth, fmt::format("{}{}", value.is_object() ? "}" : "]", tail));
  }

  static std::vector<std::string> inSchemaOrder(const std::string& pointer, const json& value) {
    std::vector<std::string> keys = keysInOrder(pointer);
    std::erase_if(keys, [&](const std::string& key) { return !value.contains(key); });
    return keys;
  }

  /// One line, with a blank behind each comma.
  static std::string spaced(const json& value) {
    if (!value.is_array())
      return value.dump();
    std::string text = "[";
    for (const json& entry : value)
      text += (text.size() > 1 ? ", " : "") + entry.dump();
    return text + "]";
  }

  void collectOrigins(const std::string& pointer, const json& value, json& all) const {
    if (value.empty() || isOneValue(value)) {
      all[pointer] = originOf(pointer);
      return;
    }
    for (const auto& entry : value.items())
      collectOrigins(childPointer(pointer, entry.key()), entry.value(), all);
  }

  const PolicyDocument& document_;
  std::string_view fileName_;
  std::string text_;
  bool insideList_ = false;
};

}  // namespace

std::optional<std::string> showPolicy(std::string_view bytes, std::string_view fileName) {
  const PolicyDocument document = readPolicyDocument(bytes);
  if (!document.valid)
    return std::nullopt;
  return Show(document, fileName).asText();
}

std::optional<std::string> showPolicyJson(std::string_view bytes, std::string_view fileName) {
  const PolicyDocument document = readPolicyDocument(bytes);
  if (!document.valid)
    return std::nullopt;
  const json shown = {{"policy", document.effective},
                      {"origins", Show(document, fileName).origins()}};
  return shown.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

std::string diagnosticsJson(const std::vector<Diagnostic>& diagnostics) {
  json list = json::array();
  bool valid = true;
  for (const Diagnostic& diagnostic : diagnostics) {
    const bool error = diagnostic.severity == Severity::error;
    valid = valid && !error;
    list.push_back({{"severity", error ? "error" : "warning"},
                    {"line", diagnostic.line},
                    {"column", diagnostic.column},
                    {"pointer", diagnostic.pointer},
                    {"message", diagnostic.message}});
  }
  const json shown = {{"valid", valid}, {"diagnostics", std::move(list)}};
  return shown.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace imshealth
