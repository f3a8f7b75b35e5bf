#include "core/counter_ini.h"

#include "config/ascii.h"
#include "core/text_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

namespace imshealth {
namespace {

constexpr std::size_t kMostTexts = 8000;

/// "SYMBOL_009_NAME" taken apart; the symbol may hold underscores itself.
struct TextKey {
  std::string_view symbol, language, kind;
};

std::optional<TextKey> splitTextKey(std::string_view key) {
  const auto kindAt = key.rfind('_');
  if (kindAt == std::string_view::npos || kindAt == 0) {
    return std::nullopt;
  }
  const auto languageAt = key.rfind('_', kindAt - 1);
  if (languageAt == std::string_view::npos || languageAt == 0) {
    return std::nullopt;
  }
  return TextKey{key.substr(0, languageAt), key.substr(languageAt + 1, kindAt - languageAt - 1),
                 key.substr(kindAt + 1)};
}

bool sameText(const CounterText& text, std::string_view symbol, std::string_view language) {
  return text.symbol == symbol && equalsIgnoringCase(text.language, language);
}

/// Puts a [text] line to the entry that it completes. A name that is there already starts a second
/// entry, so that doubled texts stay visible.
void addText(CounterIni& ini, const TextKey& key, std::string_view value) {
  const bool isName = equalsIgnoringCase(key.kind, "NAME");
  if (!isName && !equalsIgnoringCase(key.kind, "HELP")) {
    return;
  }
  const auto open = std::ranges::find_if(ini.texts, [&](const CounterText& text) {
    return sameText(text, key.symbol, key.language) && (isName ? text.name : text.help).empty();
  });
  CounterText& text = open != ini.texts.end() ? *open : ini.texts.emplace_back();
  text.symbol = key.symbol;
  text.language = key.language;
  (isName ? text.name : text.help) = value;
}

void addObject(CounterIni& ini, std::string_view key) {
  const auto parts = splitTextKey(key);
  const std::string symbol(parts ? parts->symbol : key);
  if (std::ranges::find(ini.objects, symbol) == ini.objects.end()) {
    ini.objects.push_back(symbol);
  }
}

Error corrupt(std::string where, std::string text) {
  return {ErrorKind::corrupt, std::move(where), 0, std::move(text)};
}

std::optional<std::uint32_t> parseNumber(std::string_view text) {
  int base = 10;
  if (text.starts_with("0x") || text.starts_with("0X")) {
    text.remove_prefix(2);
    base = 16;
  }
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  return error == std::errc() && end == text.data() + text.size() && !text.empty()
             ? std::optional(number)
             : std::nullopt;
}

std::string_view nextWord(std::string_view& line) {
  line = trimmed(line);
  const auto end = line.find_first_of(" \t");
  const auto word = line.substr(0, end);
  line.remove_prefix(word.size());
  return word;
}

}  // namespace

Result<CounterIni> readCounterIni(std::span<const std::uint8_t> bytes) {
  const std::string content = decodeTextFile(bytes);
  CounterIni ini;
  std::string section;
  for (const std::string_view raw : linesOf(content)) {
    const std::string_view line = trimmed(raw);
    if (line.empty() || line.starts_with(';') || line.starts_with("//")) {
      continue;
    }
    if (line.front() == '[') {
      const auto end = line.find(']');
      section = end == std::string_view::npos ? std::string()
                                              : std::string(trimmed(line.substr(1, end - 1)));
      continue;
    }
    const auto equals = line.find('=');
    if (equals == std::string_view::npos) {
      continue;
    }
    const std::string_view key = trimmed(line.substr(0, equals));
    const std::string_view value = unquoted(trimmed(line.substr(equals + 1)));
    if (equalsIgnoringCase(section, "info")) {
      if (equalsIgnoringCase(key, "drivername")) {
        ini.driverName = value;
      } else if (equalsIgnoringCase(key, "symbolfile")) {
        ini.symbolFile = value;
      }
    } else if (equalsIgnoringCase(section, "languages")) {
      ini.languages.emplace_back(key);
    } else if (equalsIgnoringCase(section, "objects")) {
      addObject(ini, key);
    } else if (equalsIgnoringCase(section, "text")) {
      if (const auto parts = splitTextKey(key)) {
        addText(ini, *parts, value);
      }
    }
    if (ini.texts.size() + ini.languages.size() + ini.objects.size() > kMostTexts) {
      return corrupt("counter file", "more entries than any counter file has");
    }
  }
  if (ini.driverName.empty() && ini.texts.empty()) {
    return corrupt("counter file", "neither [info] drivername nor [text] is there");
  }
  return ini;
}

Result<SymbolFile> readSymbolFile(std::span<const std::uint8_t> bytes) {
  const std::string content = withoutBlockComments(decodeTextFile(bytes));
  SymbolFile symbols;
  for (std::string_view line : linesOf(content)) {
    line = trimmed(line.substr(0, line.find("//")));
    if (!line.starts_with('#')) {
      continue;
    }
    line.remove_prefix(1);
    if (nextWord(line) != "define") {
      continue;
    }
    const std::string_view symbol = nextWord(line);
    const std::string_view value = nextWord(line);
    if (symbol.empty() || value.empty()) {
      continue;  // an include guard
    }
    const auto offset = parseNumber(value);
    if (!offset) {
      return corrupt("symbol file", fmt::format("the offset of {} is not a number", symbol));
    }
    if (!symbols.offsets.emplace(symbol, *offset).second) {
      return corrupt("symbol file", fmt::format("{} is defined twice", symbol));
    }
    if (symbols.offsets.size() > kMostTexts) {
      return corrupt("symbol file", "more symbols than any symbol file has");
    }
  }
  if (symbols.offsets.empty()) {
    return corrupt("symbol file", "it defines no symbol");
  }
  return symbols;
}

}  // namespace imshealth
