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

}  // namespace imshealth
