#include "config/schema.h"

#include "config/jsonc.h"
#include "config/parse_policy.h"

#include <algorithm>
#include <optional>

namespace imshealth {
namespace {

using nlohmann::json;

const JsoncDocument& schemaDocument() {
  static const JsoncDocument document = readJsonc(policySchema());
  return document;
}

const json& nodeAt(const std::string& schemaPointer) {
  return schemaRoot().at(json::json_pointer(schemaPointer));
}

/// The schema pointer behind the `$ref`s of the node at `schemaPointer`.
std::string followed(std::string schemaPointer) {
  while (nodeAt(schemaPointer).contains("$ref"))
    schemaPointer = nodeAt(schemaPointer)["$ref"].get<std::string>().substr(1);
  return schemaPointer;
}

/// The schema pointer of the node for the value at `pointer` of a policy.
std::optional<std::string> locate(std::string_view pointer) {
  std::string at;
  for (const std::string& token : pointerTokens(pointer)) {
    at = followed(std::move(at));
    const json& node = nodeAt(at);
    if (node.contains("properties") && node["properties"].contains(token))
      at = childPointer(at + "/properties", token);
    else if (node.contains("items"))
      at += "/items";
    else
      return std::nullopt;
  }
  return at;
}

}  // namespace

const json& schemaRoot() {
  return schemaDocument().value;
}

json resolved(const json& node) {
  json result = node;
  while (result.is_object() && result.contains("$ref")) {
    json target = nodeAt(result["$ref"].get<std::string>().substr(1));
    result.erase("$ref");
    target.update(result);
    result = std::move(target);
  }
  return result;
}

std::vector<std::string> pointerTokens(std::string_view pointer) {
  std::vector<std::string> tokens;
  for (std::size_t at = 0; at < pointer.size(); ++at) {
    if (pointer[at] == '/') {
      tokens.emplace_back();
    } else if (pointer[at] == '~' && at + 1 < pointer.size()) {
      tokens.back().push_back(pointer[++at] == '0' ? '~' : '/');
    } else {
      tokens.back().push_back(pointer[at]);
    }
  }
  return tokens;
}

json schemaAt(std::string_view pointer) {
  const std::optional<std::string> at = locate(pointer);
  return at ? resolved(nodeAt(*at)) : json();
}

std::string nounOf(std::string_view pointer) {
  const std::optional<std::string> at = locate(pointer);
  if (!at)
    return "value";
  return nodeAt(followed(*at)).value("title", resolved(nodeAt(*at)).value("title", "value"));
}

std::vector<std::string> keysInOrder(std::string_view pointer) {
  const std::optional<std::string> at = locate(pointer);
  if (!at)
    return {};
  const std::string properties = followed(*at) + "/properties";
  if (!schemaDocument().keys.contains(properties))
    return {};
  std::vector<std::string> keys;
  for (const auto& member : nodeAt(properties).items())
    keys.push_back(member.key());
  // The JSON library sorts by name; the order of the file is in the places of the reader.
  std::ranges::sort(keys, {}, [&](const std::string& key) {
    return schemaDocument().keys.at(childPointer(properties, key));
  });
  return keys;
}

}  // namespace imshealth
