#include "config/jsonc.h"

#include "config/decode_text.h"
#include "config/json_string.h"
#include "config/show_text.h"

#include <fmt/format.h>

#include <cmath>
#include <optional>

namespace imshealth {
namespace {

using nlohmann::json;

bool isWordCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '$' || c == '-' || c == '+' || c == '.' || static_cast<unsigned char>(c) >= 0x80;
}

/// What copying from a web page or a document leaves in place of an ordinary blank.
bool isForeignBlank(char32_t c) {
  return c == 0xA0 || (c >= 0x2000 && c <= 0x200B) || c == 0x202F || c == 0x3000 || c == 0xFEFF;
}

bool isTypographicQuote(char32_t c) {
  return (c >= 0x2018 && c <= 0x201F) || c == 0xAB || c == 0xBB;
}

class Reader {
 public:
  Reader(std::string_view text, const JsoncLimits& limits) : cursor_(text), limits_(limits) {}

  JsoncDocument read() {
    skipBlank();
    if (!stopped_ && atEnd()) {
      stop(place(), "", "the file is empty; the least policy is {}");
    } else if (!stopped_) {
      document_.value = readValue("", 0);
      skipBlank();
      if (!stopped_ && !atEnd())
        stop(place(), "", "nothing but comments may follow the end of the policy");
    }
    document_.complete = !stopped_;
    return std::move(document_);
  }

 private:
  bool atEnd() const { return cursor_.atEnd(); }
  char peek() const { return cursor_.peek(); }
  char32_t nextCodePoint() const {
    std::string_view rest = cursor_.rest();
    return rest.empty() ? U'\0' : takeCodePoint(rest);
  }
  void step() { cursor_.step(); }
  Place place() const { return cursor_.place(); }

  void complain(Place place, std::string_view pointer, std::string message) {
    if (errorCount_ < limits_.errors)
      document_.errors.push_back(
          {Severity::error, place.line, place.column, std::string(pointer), std::move(message)});
    ++errorCount_;
    stopped_ = stopped_ || errorCount_ >= limits_.errors;
  }

  /// For errors behind which nothing can be told any more.
  void stop(Place place, std::string_view pointer, std::string message) {
    if (!stopped_)
      complain(place, pointer, std::move(message));
    stopped_ = true;
  }

  void skipBlank() {
    while (!stopped_ && !atEnd()) {
      const char c = peek();
      if (c == ' ' || c == '\t' || c == '\n' || c == '\r')
        step();
      else if (c == '/')
        skipComment();
      else if (isForeignBlank(nextCodePoint()))
        skipForeignBlank();
      else
        return;
    }
  }

  void skipForeignBlank() {
    complain(place(), "",
             fmt::format("JSON does not know this blank (U+{:04X}); write an ordinary one",
                         static_cast<unsigned>(nextCodePoint())));
    cursor_.skip(firstCodePoints(cursor_.rest(), 1).size());
  }

  void skipComment() {
    const Place begin = place();
    const std::string_view rest = cursor_.rest();
    std::size_t length = 0;
    if (rest.starts_with("//")) {
      length = std::min(rest.find_first_of("\r\n"), rest.size());
    } else if (rest.starts_with("/*")) {
      const std::size_t end = rest.find("*/", 2);
      if (end == std::string_view::npos)
        return stop(begin, "", "this comment is not closed");
      length = end + 2;
    } else {
      return stop(begin, "", "a comment starts with // or /*");
    }
    cursor_.skip(length);
  }

  json readValue(const std::string& pointer, std::size_t depth) {
    if (++valueCount_ > limits_.values) {
      stop(place(), pointer, fmt::format("the file has more than {} values", limits_.values));
      return {};
    }
    document_.values.insert_or_assign(pointer, place());
    const char c = peek();
    if (c == '{' || c == '[') {
      if (depth >= limits_.depth) {
        stop(place(), pointer, fmt::format("nested deeper than {} levels", limits_.depth));
        return {};
      }
      return c == '{' ? readObject(pointer, depth) : readList(pointer, depth);
    }
    const bool typographic = isTypographicQuote(nextCodePoint());
    if (c == '"' || (isWordCharacter(c) && !typographic)) {
      const std::size_t before = errorCount_;
      json value = c == '"' ? json(readString(pointer)) : readWord(pointer);
      if (errorCount_ != before)
        document_.replaced.insert(pointer);
      return value;
    }
    if (typographic) {
      stop(place(), pointer, "text needs straight double quotes, not typographic ones");
      return {};
    }
    if (c == '\'')
      stop(place(), pointer, "text needs double quotes, not single ones");
    else
      unexpected(pointer, "a value");
    return {};
  }

  void unexpected(const std::string& pointer, std::string_view wanted) {
    if (atEnd())
      return stop(place(), pointer, fmt::format("the file ends where {} is expected", wanted));
    stop(place(), pointer,
         fmt::format("{} is expected here, not {}", wanted,
                     inQuotes(firstCodePoints(cursor_.rest(), 1))));
  }

  /// Steps over the comma between entries. False: the list is at its end or reading has stopped.
  bool nextEntry(const std::string& pointer, char closing, Place opening) {
    skipBlankRemembering();
    if (stopped_)
      return false;
    if (peek() == closing)
      return false;
    if (atEnd()) {
      stop(opening, pointer, fmt::format("this \"{}\" is not closed", closing == '}' ? '{' : '['));
      return false;
    }
    if (peek() == ',') {
      const Place comma = place();
      step();
      skipBlank();
      if (!stopped_ && peek() == closing) {
        complain(comma, pointer,
                 fmt::format("no comma may stand before the closing \"{}\"", closing));
        return false;
      }
      return !stopped_;
    }
    if (peek() == '"' || peek() == '{' || peek() == '[' || isWordCharacter(peek())) {
      complain(behindEntry_, pointer, "a comma is missing here");
      return true;
    }
    unexpected(pointer, fmt::format("a comma or \"{}\"", closing));
    return false;
  }

  void skipBlankRemembering() {
    behindEntry_ = place();
    skipBlank();
  }

  json readObject(const std::string& pointer, std::size_t depth) {
    json object = json::object();
    const Place opening = place();
    step();
    skipBlank();
    if (!stopped_ && peek() == '}') {
      step();
      return object;
    }
    std::size_t count = 0;
    do {
      readMember(object, pointer, depth, ++count);
    } while (!stopped_ && nextEntry(pointer, '}', opening));
    if (!stopped_)
      step();
    return object;
  }

  void readMember(json& object, const std::string& pointer, std::size_t depth, std::size_t count) {
    if (atEnd() && !stopped_)
      return unexpected(pointer, "a key or \"}\"");
    const Place keyPlace = place();
    const std::optional<std::string> key = readKey(pointer);
    if (!key)
      return;
    const std::string memberPointer = childPointer(pointer, *key);
    if (count == limits_.entries + 1)
      return stop(keyPlace, pointer,
                  fmt::format("more than {} keys in one object", limits_.entries));
    if (memberPointer.size() > limits_.pointer)
      return stop(keyPlace, pointer, "these keys are too long");
    const auto [first, isNew] = document_.keys.try_emplace(memberPointer, keyPlace);
    if (!isNew)
      complain(
          keyPlace, memberPointer,
          fmt::format("{} is given twice, first in line {}", inQuotes(*key), first->second.line));
    skipBlank();
    if (stopped_)
      return;
    if (peek() != ':')
      return unexpected(memberPointer, fmt::format("a colon behind {}", inQuotes(*key)));
    step();
    skipBlank();
    if (stopped_)
      return;
    if (isNew) {
      object[*key] = readValue(memberPointer, depth + 1);
    } else {
      // The second value is read for its own mistakes; its places must not replace the first one's.
      JsoncDocument kept = std::move(document_);
      document_ = {};
      readValue(memberPointer, depth + 1);
      kept.errors.insert(kept.errors.end(), document_.errors.begin(), document_.errors.end());
      document_ = std::move(kept);
    }
  }

  std::optional<std::string> readKey(const std::string& pointer) {
    if (peek() == '"')
      return readString(pointer);
    if (isTypographicQuote(nextCodePoint())) {
      stop(place(), pointer, "a key needs straight double quotes, not typographic ones");
      return std::nullopt;
    }
    if (isWordCharacter(peek())) {
      const Place begin = place();
      const std::string word(cursor_.take(isWordCharacter));
      complain(begin, childPointer(pointer, word),
               fmt::format("a key needs double quotes: {}", inQuotes(word)));
      return word;
    }
    if (peek() == '\'')
      stop(place(), pointer, "a key needs double quotes, not single ones");
    else
      unexpected(pointer, "a key in double quotes");
    return std::nullopt;
  }

  json readList(const std::string& pointer, std::size_t depth) {
    json list = json::array();
    const Place opening = place();
    step();
    skipBlank();
    if (!stopped_ && peek() == ']') {
      step();
      return list;
    }
    do {
      if (list.size() == limits_.entries) {
        stop(place(), pointer, fmt::format("more than {} entries in one list", limits_.entries));
        break;
      }
      list.push_back(readValue(childPointer(pointer, std::to_string(list.size())), depth + 1));
    } while (!stopped_ && nextEntry(pointer, ']', opening));
    if (!stopped_)
      step();
    return list;
  }

  json readWord(const std::string& pointer) {
    const Place begin = place();
    const std::string_view word = cursor_.take(isWordCharacter);
    if (word == "true" || word == "false")
      return word == "true";
    if (word == "null")
      return nullptr;
    if (std::string_view("+-.0123456789").find(word[0]) == std::string_view::npos) {
      complain(begin, pointer, fmt::format("text needs double quotes: {}", inQuotes(word)));
      return std::string(firstCodePoints(word, limits_.characters));
    }
    const json parsed = json::parse(word, nullptr, false);
    if (parsed.is_number_float()) {
      // 3.0 is an integer to JSON Schema from draft-06 on, but not to the JSON library.
      const double value = parsed.get<double>();
      if (std::abs(value) < 9.0e15 && std::floor(value) == value)
        return static_cast<std::int64_t>(value);
    }
    if (parsed.is_number())
      return parsed;
    complain(begin, pointer,
             fmt::format("{} is not a valid number; text needs double quotes",
                         firstCodePoints(word, 40)));
    return std::string(firstCodePoints(word, limits_.characters));
  }

  std::string readString(const std::string& pointer) {
    const Place begin = cursor_.place();
    std::optional<std::string> value = readJsonString(
        cursor_, [&](Place place, std::string message) { complain(place, pointer, message); });
    if (!value) {
      stop(begin, pointer, "the closing double quote is missing in this line");
      return "";
    }
    const std::size_t length = countCodePoints(*value);
    if (length > limits_.characters) {
      complain(begin, pointer,
               fmt::format("text of {} characters; more than {} are never right", length,
                           limits_.characters));
      value = firstCodePoints(*value, limits_.characters);
    }
    return *value;
  }

  TextCursor cursor_;
  JsoncLimits limits_;
  std::size_t valueCount_ = 0;
  std::size_t errorCount_ = 0;
  Place behindEntry_;
  bool stopped_ = false;
  JsoncDocument document_;
};

}  // namespace

JsoncDocument readJsonc(std::string_view text, const JsoncLimits& limits) {
  return Reader(text, limits).read();
}

std::string childPointer(std::string_view parent, std::string_view token) {
  std::string pointer(parent);
  pointer.push_back('/');
  for (const char c : token) {
    if (c == '~')
      pointer += "~0";
    else if (c == '/')
      pointer += "~1";
    else
      pointer.push_back(c);
  }
  return pointer;
}

}  // namespace imshealth
