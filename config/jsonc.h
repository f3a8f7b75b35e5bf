// JSON with comments, read to the value and to the place of each key and value in the text.
// A reader of our own, since the JSON library knows no places: errors are said in the file's terms,
// and reading goes on behind those that leave no doubt about what was meant.
#pragma once

#include "config/parse_policy.h"
#include "config/place.h"

#include <nlohmann/json.hpp>

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace imshealth {

/// Bounds on what is read, far above what a policy needs: they keep hostile text from costing
/// memory, stack (std::regex recurses by character) or time.
struct JsoncLimits {
  std::size_t depth = 16;
  std::size_t entries = 256;     ///< of one object or list
  std::size_t values = 20000;    ///< of the whole text
  std::size_t characters = 512;  ///< of one string; the rest is cut off
  std::size_t pointer = 4096;    ///< bytes of a JSON pointer: one is kept for each value
  std::size_t errors = 1000;     ///< reading stops there
};

struct JsoncDocument {
  nlohmann::json value;
  std::map<std::string, Place> keys;    ///< of object members, by JSON pointer
  std::map<std::string, Place> values;  ///< by JSON pointer; "" is the document
  std::vector<Diagnostic> errors;
  std::set<std::string> replaced;  ///< pointers of values that could not be read as written
  bool complete = false;           ///< false: reading stopped at the last error, `value` is a part
};

/// `text` is valid UTF-8 without BOM.
JsoncDocument readJsonc(std::string_view text, const JsoncLimits& limits = {});

/// The JSON pointer of a member or entry (RFC 6901).
std::string childPointer(std::string_view parent, std::string_view token);

}  // namespace imshealth
