// How commands write: JSON documents, and colours where they are welcome.
#pragma once

#include "core/error.h"
#include "core/time.h"
#include "service/command_line.h"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace imshealth {

using Json = nlohmann::json;

/// One document, indented, with a line end. Foreign bytes that are no UTF-8 are replaced.
void writeJson(CommandIo& io, const Json& document);

enum class Colour { good, bad, plain };
std::string coloured(const CommandIo& io, Colour, std::string_view text);

/// Says why a policy cannot be read; the exit code.
int refuseUnreadablePolicy(CommandIo& io, const Error&);

template <class T>
Json orNull(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

}  // namespace imshealth
