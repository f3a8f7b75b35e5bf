#include "config/json_string.h"

#include "config/decode_text.h"

namespace imshealth {
namespace {

class StringReader {
 public:
  StringReader(TextCursor& cursor, const std::function<void(Place, std::string)>& complain)
      : cursor_(cursor), complain_(complain) {}

  std::optional<std::string> read() {
    cursor_.step();
    while (cursor_.peek() != '"') {
      const char c = cursor_.peek();
      if (cursor_.atEnd() || c == '\n' || c == '\r')
        return std::nullopt;
      if (c == '\\') {
        readEscape();
        continue;
      }
      if (static_cast<unsigned char>(c) < 0x20)
        complain_(cursor_.place(), "a control character; in text write it as \\t or \\u00XX");
      value_.push_back(c);
      cursor_.step();
    }
    cursor_.step();
    return std::move(value_);
  }

 private:
  void readEscape() {
    static constexpr std::string_view letters = "\"\\/bfnrt";
    static constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
    const Place begin = cursor_.place();
    cursor_.step();
    const char letter = cursor_.peek();
    if (const std::size_t known = letters.find(letter); !cursor_.atEnd() && known != letters.npos) {
      value_.push_back(meanings[known]);
      cursor_.step();
    } else if (letter == 'u') {
      readUnicodeEscape(begin);
    } else {
      complain_(begin, "a backslash in text is written twice: \"\\\\\"");
      value_.push_back('\\');
    }
  }

  /// From the u on.
  std::optional<unsigned> takeHexUnit() {
    unsigned unit = 0;
    cursor_.step();
    for (int i = 0; i < 4; ++i) {
      static constexpr std::string_view digits = "0123456789abcdef";
      const char c = cursor_.peek();
      const std::size_t digit = digits.find(c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c);
      if (cursor_.atEnd() || digit == digits.npos)
        return std::nullopt;
      unit = unit << 4 | static_cast<unsigned>(digit);
      cursor_.step();
    }
    return unit;
  }

  void readUnicodeEscape(Place begin) {
    const std::optional<unsigned> unit = takeHexUnit();
    if (!unit) {
      complain_(begin, "\\u needs four hexadecimal digits; a backslash in text is written twice");
      return;
    }
    char32_t codePoint = *unit;
    if (codePoint >= 0xD800 && codePoint <= 0xDFFF) {
      std::optional<unsigned> low;
      if (codePoint < 0xDC00 && cursor_.rest().starts_with("\\u")) {
        cursor_.step();
        low = takeHexUnit();
      }
      if (!low || (*low & 0xFC00u) != 0xDC00) {
        complain_(begin, "half of a surrogate pair; it needs \\uD8XX\\uDCXX");
        return;
      }
      codePoint = 0x10000 + ((codePoint & 0x3FFu) << 10) + (*low & 0x3FFu);
    }
    appendUtf8(value_, codePoint);
  }

  TextCursor& cursor_;
  const std::function<void(Place, std::string)>& complain_;
  std::string value_;
};

}  // namespace

std::optional<std::string> readJsonString(TextCursor& cursor,
                                          const std::function<void(Place, std::string)>& complain) {
  return StringReader(cursor, complain).read();
}

}  // namespace imshealth
