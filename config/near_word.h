// "Did you mean": the known word that a misspelt one is nearest to.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace imshealth {

/// Compares without case; allows about one slip in three characters, and abbreviations. Nothing
/// when none is near.
std::optional<std::string> nearestWord(std::string_view word,
                                       const std::vector<std::string>& known);

/// ASCII letters compared without case, as the registry and file names are here.
bool equalNoCase(std::string_view, std::string_view);
std::string lowerCase(std::string_view);

}  // namespace imshealth
