// The embedded schema as the program reads it: nodes by the pointer of a value in a policy.
#pragma once

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace imshealth {

/// The whole schema, parsed once; safe from any thread.
const nlohmann::json& schemaRoot();

/// `node` with its `$ref` followed; what stands beside the `$ref` goes before what it refers to.
nlohmann::json resolved(const nlohmann::json& node);

/// The resolved node that describes the value at this JSON pointer of a policy; null if none does.
nlohmann::json schemaAt(std::string_view pointer);

/// What such a value is called: the title of the definition that it refers to, else its own.
std::string nounOf(std::string_view pointer);

/// The tokens of a JSON pointer, unescaped.
std::vector<std::string> pointerTokens(std::string_view pointer);

/// The keys of the object at this JSON pointer of a policy, in the schema's order.
std::vector<std::string> keysInOrder(std::string_view pointer);

}  // namespace imshealth
