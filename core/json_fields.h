// One description of a struct's fields serves both directions, so that what is written is what is
// read. A type takes part by `template <class Archive> void describeFields(Archive& archive, T&
// value)`, which calls archive("key", value.member) for each field.
#pragma once

#include "core/error.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace imshealth::json_fields {

using Json = nlohmann::json;

/// Enumerations take part by a list of their names, in the order of their values.
template <class Enum>
struct EnumNames;

template <class T>
inline constexpr bool isOptional = false;
template <class T>
inline constexpr bool isOptional<std::optional<T>> = true;
template <class T>
inline constexpr bool isVector = false;
template <class T>
inline constexpr bool isVector<std::vector<T>> = true;
template <class T>
inline constexpr bool isMap = false;
template <class K, class V>
inline constexpr bool isMap<std::map<K, V>> = true;

template <class T>
Json write(const T& value);

/// Leaves absent optionals out.
class Writer {
 public:
  template <class T>
  void operator()(const char* key, const T& value) {
    if constexpr (isOptional<T>) {
      if (value) {
        object[key] = write(*value);
      }
    } else {
      object[key] = write(value);
    }
  }
  Json object = Json::object();
};

template <class T>
Json write(const T& value) {
  if constexpr (std::is_enum_v<T>) {
    return std::string(EnumNames<T>::names[static_cast<std::size_t>(value)]);
  } else if constexpr (std::is_arithmetic_v<T> || std::is_same_v<T, std::string>) {
    return value;
  } else if constexpr (isVector<T>) {
    Json array = Json::array();
    for (const auto& element : value) {
      array.push_back(write(element));
    }
    return array;
  } else if constexpr (isMap<T>) {
    Json object = Json::object();
    for (const auto& [key, element] : value) {
      if constexpr (std::is_arithmetic_v<std::remove_cvref_t<decltype(key)>>) {
        object[std::to_string(key)] = write(element);
      } else {
        object[key] = write(element);
      }
    }
    return object;
  } else {
    Writer writer;
    describeFields(writer, const_cast<T&>(value));  // the writer only looks
    return std::move(writer.object);
  }
}

/// Unknown keys are passed over and missing ones keep their default, so that facts of another
/// version stay readable. A value of the wrong kind is an error that names its place; the first one
/// is kept.
class Reader {
 public:
  Reader(const Json& object, std::string place, std::string& error)
      : object_(object), place_(std::move(place)), error_(error) {}

  template <class T>
  void operator()(const char* key, T& value) {
    const auto found = object_.find(key);
    if (found != object_.end()) {
      read(*found, place_.empty() ? key : place_ + "." + key, value, error_);
    }
  }

  template <class T>
  static void read(const Json& json, const std::string& place, T& value, std::string& error);

 private:
  const Json& object_;
  std::string place_;
  std::string& error_;
};

inline void complain(std::string& error, const std::string& place, std::string_view expected) {
  if (error.empty()) {
    error = place + ": " + std::string(expected) + " expected";
  }
}

template <class Integer>
bool readInteger(const Json& json, Integer& value) {
  // A document that was parsed holds its positive numbers as unsigned, one that was built as
  // either.
  if (json.is_number_unsigned()) {
    const auto number = json.get<std::uint64_t>();
    value = static_cast<Integer>(number);
    return std::in_range<Integer>(number);
  }
  if (json.is_number_integer()) {
    const auto number = json.get<std::int64_t>();
    value = static_cast<Integer>(number);
    return std::in_range<Integer>(number);
  }
  return false;
}

inline std::optional<std::uint32_t> indexOf(const std::string& key) {
  std::uint64_t number = 0;
  for (const char c : key) {
    if (c < '0' || c > '9' || number > std::numeric_limits<std::uint32_t>::max()) {
      return std::nullopt;
    }
    number = number * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return key.empty() || number > std::numeric_limits<std::uint32_t>::max()
             ? std::nullopt
             : std::optional(static_cast<std::uint32_t>(number));
}

template <class T>
void Reader::read(const Json& json, const std::string& place, T& value, std::string& error) {
  if constexpr (isOptional<T>) {
    value.reset();
    if (!json.is_null()) {
      read(json, place, value.emplace(), error);
    }
  } else if constexpr (std::is_same_v<T, bool>) {
    json.is_boolean() ? static_cast<void>(value = json.get<bool>())
                      : complain(error, place, "true or false");
  } else if constexpr (std::is_enum_v<T>) {
    const auto* text = json.get_ptr<const std::string*>();
    std::size_t i = 0;
    for (const std::string_view name : EnumNames<T>::names) {
      if (text != nullptr && *text == name) {
        value = static_cast<T>(i);
        return;
      }
      ++i;
    }
    complain(error, place, "one of the known words");
  } else if constexpr (std::is_arithmetic_v<T>) {
    if (!readInteger(json, value)) {
      complain(error, place, "a whole number of its range");
    }
  } else if constexpr (std::is_same_v<T, std::string>) {
    json.is_string() ? static_cast<void>(value = json.get_ref<const std::string&>())
                     : complain(error, place, "a text");
  } else if constexpr (isVector<T>) {
    if (!json.is_array()) {
      return complain(error, place, "a list");
    }
    value.clear();
    for (const Json& element : json) {
      const std::string index = std::to_string(value.size());
      read(element, place + "[" + index + "]", value.emplace_back(), error);
    }
  } else if constexpr (isMap<T>) {
    if (!json.is_object()) {
      return complain(error, place, "an object");
    }
    value.clear();
    for (const auto& [key, element] : json.items()) {
      if constexpr (std::is_arithmetic_v<typename T::key_type>) {
        const auto index = indexOf(key);
        if (!index) {
          return complain(error, place + "." + key, "an index as key");
        }
        read(element, place + "." + key, value[*index], error);
      } else {
        read(element, place + "." + key, value[key], error);
      }
    }
  } else {
    if (!json.is_object()) {
      return complain(error, place, "an object");
    }
    Reader reader(json, place, error);
    describeFields(reader, value);
  }
}

/// `what` names the document in the error.
template <class T>
Result<T> readDocument(const Json& json, std::string_view what) {
  T value;
  std::string error;
  Reader::read(json, {}, value, error);
  if (!error.empty()) {
    return Error{ErrorKind::corrupt, std::string(what), 0, std::move(error)};
  }
  return value;
}

}  // namespace imshealth::json_fields
