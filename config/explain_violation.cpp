#include "config/explain_violation.h"

#include "config/ascii.h"
#include "config/decode_text.h"
#include "config/near_word.h"
#include "config/schema.h"
#include "config/show_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <set>

namespace imshealth {
namespace {

using nlohmann::json;

std::string joined(const std::vector<std::string>& words, std::string_view last) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0)
      text += i + 1 == words.size() ? last : ", ";
    text += words[i];
  }
  return text;
}

std::string kindOf(const json& value) {
  switch (value.type()) {
    case json::value_t::object: return "an object";
    case json::value_t::array: return "a list";
    case json::value_t::string: return "text";
    case json::value_t::boolean: return value.get<bool>() ? "true" : "false";
    case json::value_t::null: return "null";
    default: return fmt::format("the number {}", value.dump());
  }
}

std::string shown(const json& value) {
  if (value.is_string())
    return inQuotes(value.get_ref<const std::string&>());
  return value.is_structured() ? kindOf(value) : value.dump();
}

std::string kindOf(const std::string& schemaType) {
  if (schemaType == "object")
    return "an object in braces";
  if (schemaType == "array")
    return "a list in brackets";
  if (schemaType == "integer")
    return "a whole number";
  return "text in double quotes";
}

bool hasType(const json& value, const std::string& schemaType) {
  if (schemaType == "object")
    return value.is_object();
  if (schemaType == "array")
    return value.is_array();
  if (schemaType == "integer")
    return value.is_number_integer();
  return value.is_string();
}

std::string withArticle(std::string noun) {
  noun[0] = lowerCase(noun.substr(0, 1))[0];
  const bool vowel = std::string_view("aeiou").find(noun[0]) != std::string_view::npos;
  return (vowel ? "an " : "a ") + noun;
}

/// Where else in the policy this key is right; empty: nowhere.
std::string homeOf(const std::string& key) {
  const auto knows = [&](std::string_view pointer) {
    return std::ranges::count(keysInOrder(pointer), key) > 0;
  };
  if (knows(""))
    return "the outermost object";
  for (const std::string& section : keysInOrder("")) {
    const std::string pointer = childPointer("", section);
    if (knows(pointer))
      return inQuotes(section);
    if (knows(pointer + "/0"))
      return fmt::format("an entry of {}", inQuotes(section));
  }
  return knows("/watch/0/causes") ? "\"causes\"" : "";
}

std::string unknownKey(const std::string& key, const std::vector<std::string>& known) {
  if (const auto near = nearestWord(key, known))
    return fmt::format("unknown key {}; did you mean {}?", inQuotes(key), inQuotes(*near));
  if (const std::string home = homeOf(key); !home.empty())
    return fmt::format("unknown key {} here; it belongs in {}", inQuotes(key), home);
  constexpr std::size_t listable = 12;
  if (known.size() > listable)
    return fmt::format("unknown key {}", inQuotes(key));
  std::vector<std::string> names;
  for (const std::string& name : known)
    names.push_back(inQuotes(name));
  return fmt::format("unknown key {}; known here: {}", inQuotes(key), joined(names, " and "));
}

/// Explains one value against the node of the schema that describes it.
class Explainer {
 public:
  Explainer(const JsoncDocument& document, std::string pointer)
      : document_(document),
        pointer_(std::move(pointer)),
        node_(schemaAt(pointer_)),
        value_(document.value.at(json::json_pointer(pointer_))) {
    const std::vector<std::string> tokens = pointerTokens(pointer_);
    const bool entry = !tokens.empty() && !document.keys.contains(pointer_);
    if (tokens.empty())
      name_ = "the policy";
    else if (entry)
      name_ = fmt::format("an entry of {}",
                          inQuotes(tokens.size() > 1 ? tokens[tokens.size() - 2] : ""));
    else
      name_ = inQuotes(tokens.back());
  }

  std::vector<Diagnostic> explain() {
    if (node_.is_null())
      return {};
    if (!hasType(value_, node_["type"].get<std::string>()))
      explainType();
    else if (node_.contains("enum"))
      explainEnum();
    else if (value_.is_object())
      explainObject();
    else if (value_.is_array())
      explainList();
    else if (value_.is_string())
      explainText();
    else
      explainNumber();
    return std::move(diagnostics_);
  }

 private:
  void say(std::string message) { say(document_.values, pointer_, std::move(message)); }

  void say(const std::map<std::string, Place>& places, const std::string& pointer,
           std::string message) {
    const auto found = places.find(pointer);
    const Place place = found == places.end() ? Place{} : found->second;
    diagnostics_.push_back(
        {Severity::error, place.line, place.column, pointer, std::move(message)});
  }

  void explainType() {
    std::string example;
    if (node_.contains("examples") && !node_["examples"][0].is_structured())
      example = fmt::format(", such as {}", shown(node_["examples"][0]));
    if (value_.is_null())
      say(fmt::format("{} cannot be null; leave the key out for its default", name_));
    else
      say(fmt::format("{} must be {}{}, not {}", name_, kindOf(node_["type"].get<std::string>()),
                      example, kindOf(value_)));
  }

  void explainEnum() {
    std::vector<std::string> words;
    std::vector<std::string> choices;
    for (const json& choice : node_["enum"]) {
      if (choice == value_)
        return;
      choices.push_back(shown(choice));
      if (choice.is_string())
        words.push_back(choice.get<std::string>());
    }
    std::string advice = "choose " + joined(choices, " or ");
    if (value_.is_string()) {
      if (const auto near = nearestWord(value_.get_ref<const std::string&>(), words))
        advice = fmt::format("did you mean {}?", inQuotes(*near));
    }
    say(fmt::format("{} is not {}; {}", shown(value_), withArticle(nounOf(pointer_)), advice));
  }

  void explainObject() {
    const std::vector<std::string> known = keysInOrder(pointer_);
    for (const auto& member : value_.items()) {
      if (std::ranges::find(known, member.key()) == known.end())
        say(document_.keys, childPointer(pointer_, member.key()), "");
    }
    for (const json& key : node_.value("required", json::array())) {
      if (!value_.contains(key.get_ref<const std::string&>()))
        say(fmt::format("{} is missing here", shown(key)));
    }
  }

  void explainList() {
    const std::size_t count = value_.size();
    if (count < node_.value("minItems", std::size_t{0}))
      say(fmt::format("{} is empty; it needs at least one entry", name_));
    if (node_.contains("maxItems") && count > node_["maxItems"].get<std::size_t>())
      say(fmt::format("{} has {} entries; {} are the most", name_, count,
                      node_["maxItems"].dump()));
    if (!node_.value("uniqueItems", false))
      return;
    std::set<std::string> before;
    for (std::size_t i = 0; i < count; ++i) {
      if (!value_[i].is_structured() && !before.insert(value_[i].dump()).second)
        say(document_.values, childPointer(pointer_, std::to_string(i)),
            fmt::format("{} is in this list already", shown(value_[i])));
    }
  }

  void explainText() {
    const std::string& text = value_.get_ref<const std::string&>();
    const std::size_t length = countCodePoints(text);
    if (node_.contains("maxLength") && length > node_["maxLength"].get<std::size_t>())
      return say(fmt::format("{} has {} characters; {} are the most", name_, length,
                             node_["maxLength"].dump()));
    if (length < node_.value("minLength", std::size_t{0}))
      return say(fmt::format("{} cannot be empty", name_));
    if (node_.contains("pattern"))
      say(fmt::format("{} does not fit {}: {}", shown(value_), name_, patternAdvice(text)));
  }

  /// The slips that Windows paths in JSON invite are named before the pattern is explained.
  std::string patternAdvice(const std::string& text) const {
    if (text.starts_with("\\\\") || text.starts_with("//"))
      return "it is a network (UNC) or device path; only a local drive can be trusted";
    if (text.find_first_of("\b\f\n\r\t") != std::string::npos)
      return "it has a control character; a backslash in text is written twice: \"\\\\\"";
    const bool drive =
        text.size() > 1 && text[1] == ':' && std::isalpha(static_cast<unsigned char>(text[0])) != 0;
    if (drive && text.find_first_not_of("\\/", 2) == text.npos)
      return pointer_.ends_with("/directory") ? "a drive's root cannot be used; name a folder"
                                              : "a drive's root is no file; name one";
    if (drive && text.find("\\\\") < text.find_last_not_of('\\'))
      return "one backslash too many between two names; in JSON each is written \"\\\\\"";
    if (drive && text.back() == '\\')
      return "leave out the backslash at the end";
    if (drive && text.find('/') != std::string::npos)
      return "write backslashes, each twice, instead of slashes";
    return node_["patternErrorMessage"].get<std::string>();
  }

  void explainNumber() {
    const auto number = value_.get<std::int64_t>();
    const bool beyond = value_.is_number_unsigned() && number < 0;
    if (!beyond && number < node_["minimum"].get<std::int64_t>())
      say(fmt::format("{} is too small for {}; {} is the least", shown(value_), name_,
                      node_["minimum"].dump()));
    else if (beyond || number > node_["maximum"].get<std::int64_t>())
      say(fmt::format("{} is too large for {}; {} is the most", shown(value_), name_,
                      node_["maximum"].dump()));
  }

  const JsoncDocument& document_;
  std::string pointer_;
  json node_;
  const json& value_;
  std::string name_;
  std::vector<Diagnostic> diagnostics_;
};

}  // namespace

std::vector<Diagnostic> explainViolations(const JsoncDocument& document,
                                          const std::vector<SchemaViolation>& violations) {
  std::set<std::string> pointers;
  for (const SchemaViolation& violation : violations)
    pointers.insert(violation.pointer);
  std::vector<Diagnostic> diagnostics;
  for (const std::string& pointer : pointers) {
    const std::vector<Diagnostic> found = Explainer(document, pointer).explain();
    diagnostics.insert(diagnostics.end(), found.begin(), found.end());
  }
  if (diagnostics.empty() && !violations.empty())
    diagnostics.push_back(
        {Severity::error, 1, 1, violations.front().pointer, violations.front().description});
  return diagnostics;
}

void nameUnknownKeys(std::vector<Diagnostic>& diagnostics) {
  for (Diagnostic& diagnostic : diagnostics) {
    if (diagnostic.message.empty()) {
      const std::string_view pointer = diagnostic.pointer;
      diagnostic.message = unknownKey(pointerTokens(pointer).back(),
                                      keysInOrder(pointer.substr(0, pointer.rfind('/'))));
    }
  }
}

}  // namespace imshealth
