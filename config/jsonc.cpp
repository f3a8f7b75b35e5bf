#include "config/jsonc.h"

#include "config/decode_text.h"

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

class Reader {
 public:
  Reader(std::string_view text, const JsoncLimits& limits) : text_(text), limits_(limits) {}

  JsoncDocument read() {
    skipBlank();
    if (!stopped_ && atEnd()) {
      stop(place_, "", "the file is empty; the least policy is {}");
    } else if (!stopped_) {
      document_.value = readValue("", 0);
      skipBlank();
      if (!stopped_ && !atEnd())
        stop(place_, "", "nothing but comments may follow the end of the policy");
    }
    document_.complete = !stopped_;
    return std::move(document_);
  }

 private:
  bool atEnd() const { return at_ >= text_.size(); }
  char peek() const { return atEnd() ? '\0' : text_[at_]; }

  void step() {
    place_ = stepped(place_, text_, at_);
    ++at_;
  }

  void complain(Place place, std::string_view pointer, std::string message) {
    document_.errors.push_back(
        {Severity::error, place.line, place.column, std::string(pointer), std::move(message)});
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
      else
        return;
    }
  }

  void skipComment() {
    const Place begin = place_;
    const std::string_view rest = text_.substr(at_);
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
    for (std::size_t i = 0; i < length; ++i)
      step();
  }

  json readValue(const std::string& pointer, std::size_t depth) {
    if (++valueCount_ > limits_.values) {
      stop(place_, pointer, fmt::format("the file has more than {} values", limits_.values));
      return {};
    }
    document_.values.insert_or_assign(pointer, place_);
    const char c = peek();
    if (c == '{' || c == '[') {
      if (depth >= limits_.depth) {
        stop(place_, pointer, fmt::format("nested deeper than {} levels", limits_.depth));
        return {};
      }
      return c == '{' ? readObject(pointer, depth) : readList(pointer, depth);
    }
    if (c == '"')
      return readString(pointer);
    if (isWordCharacter(c))
      return readWord(pointer);
    if (c == '\'')
      stop(place_, pointer, "text needs double quotes, not single ones");
    else
      unexpected(pointer, "a value");
    return {};
  }

  void unexpected(const std::string& pointer, std::string_view wanted) {
    if (atEnd())
      return stop(place_, pointer, fmt::format("the file ends where {} is expected", wanted));
    std::size_t length = 1;
    while (at_ + length < text_.size() && isContinuation(text_[at_ + length]))
      ++length;
    stop(place_, pointer,
         fmt::format("{} is expected here, not {}", wanted, inQuotes(text_.substr(at_, length))));
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
      const Place comma = place_;
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
    behindEntry_ = place_;
    skipBlank();
  }

  json readObject(const std::string& pointer, std::size_t depth) {
    json object = json::object();
    const Place opening = place_;
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
    const Place keyPlace = place_;
    const std::optional<std::string> key = readKey(pointer);
    if (!key)
      return;
    const std::string memberPointer = childPointer(pointer, *key);
    if (count == limits_.entries + 1)
      return stop(keyPlace, pointer,
                  fmt::format("more than {} keys in one object", limits_.entries));
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
    if (isWordCharacter(peek())) {
      const Place begin = place_;
      const std::string word(takeWord());
      complain(begin, childPointer(pointer, word),
               fmt::format("a key needs double quotes: {}", inQuotes(word)));
      return word;
    }
    if (peek() == '\'')
      stop(place_, pointer, "a key needs double quotes, not single ones");
    else
      unexpected(pointer, "a key in double quotes");
    return std::nullopt;
  }

  json readList(const std::string& pointer, std::size_t depth) {
    json list = json::array();
    const Place opening = place_;
    step();
    skipBlank();
    if (!stopped_ && peek() == ']') {
      step();
      return list;
    }
    do {
      if (list.size() == limits_.entries) {
        stop(place_, pointer, fmt::format("more than {} entries in one list", limits_.entries));
        break;
      }
      list.push_back(readValue(childPointer(pointer, std::to_string(list.size())), depth + 1));
    } while (!stopped_ && nextEntry(pointer, ']', opening));
    if (!stopped_)
      step();
    return list;
  }

  std::string_view takeWord() {
    const std::size_t begin = at_;
    while (!atEnd() && isWordCharacter(peek()))
      step();
    return text_.substr(begin, at_ - begin);
  }

  json readWord(const std::string& pointer) {
    const Place begin = place_;
    const std::string_view word = takeWord();
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
    const Place begin = place_;
    std::string value;
    step();
    while (!stopped_ && peek() != '"') {
      if (atEnd() || peek() == '\n' || peek() == '\r') {
        stop(begin, pointer, "the closing double quote is missing in this line");
      } else if (peek() == '\\') {
        readEscape(pointer, value);
      } else {
        if (static_cast<unsigned char>(peek()) < 0x20)
          complain(place_, pointer, "a control character; in text write it as \\t or \\u00XX");
        value.push_back(peek());
        step();
      }
    }
    if (stopped_)
      return value;
    step();
    const std::size_t length = countCodePoints(value);
    if (length > limits_.characters) {
      complain(begin, pointer,
               fmt::format("text of {} characters; more than {} are never right", length,
                           limits_.characters));
      value = firstCodePoints(value, limits_.characters);
    }
    return value;
  }

  void readEscape(const std::string& pointer, std::string& value) {
    static constexpr std::string_view letters = "\"\\/bfnrt";
    static constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
    const Place begin = place_;
    step();
    const char letter = peek();
    if (const std::size_t known = letters.find(letter); !atEnd() && known != letters.npos) {
      value.push_back(meanings[known]);
      step();
    } else if (letter == 'u') {
      readUnicodeEscape(begin, pointer, value);
    } else {
      complain(begin, pointer, "a backslash in text is written twice: \"\\\\\"");
      value.push_back('\\');
    }
  }

  std::optional<unsigned> takeHexUnit() {
    unsigned unit = 0;
    step();
    for (int i = 0; i < 4; ++i) {
      static constexpr std::string_view digits = "0123456789abcdef";
      const char c = peek();
      const std::size_t digit = digits.find(c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c);
      if (atEnd() || digit == digits.npos)
        return std::nullopt;
      unit = unit << 4 | static_cast<unsigned>(digit);
      step();
    }
    return unit;
  }

  void readUnicodeEscape(Place begin, const std::string& pointer, std::string& value) {
    const std::optional<unsigned> unit = takeHexUnit();
    if (!unit) {
      complain(begin, pointer,
               "\\u needs four hexadecimal digits; a backslash in text is written twice");
      return;
    }
    char32_t codePoint = *unit;
    if (codePoint >= 0xD800 && codePoint <= 0xDFFF) {
      std::optional<unsigned> low;
      if (codePoint < 0xDC00 && text_.substr(at_).starts_with("\\u")) {
        step();
        low = takeHexUnit();
      }
      if (!low || (*low & 0xFC00u) != 0xDC00) {
        complain(begin, pointer, "half of a surrogate pair; it needs \\uD8XX\\uDCXX");
        return;
      }
      codePoint = 0x10000 + ((codePoint & 0x3FFu) << 10) + (*low & 0x3FFu);
    }
    appendUtf8(value, codePoint);
  }

  std::string_view text_;
  JsoncLimits limits_;
  std::size_t at_ = 0;
  std::size_t valueCount_ = 0;
  Place place_;
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

std::string inQuotes(std::string_view text) {
  constexpr std::size_t longest = 60;
  std::string shown(firstCodePoints(text, longest));
  if (shown.size() < text.size())
    shown += "…";
  return json(shown).dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace imshealth
