// What lodctr would do with a counter file, judged before it does.
#include "config/ascii.h"
#include "core/counter_ini.h"
#include "core/printable.h"
#include "core/text_file.h"
#include "core/windows_path.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

namespace imshealth {
namespace {

using Problems = std::vector<std::string>;

void checkHeader(const CounterIni& ini, const std::string& service, Problems& problems) {
  if (!equalsIgnoringCase(ini.driverName, service)) {
    problems.push_back(
        fmt::format("drivername is \"{}\" instead of {}", printable(ini.driverName), service));
  }
  if (!isBareName(ini.symbolFile)) {
    problems.push_back(
        fmt::format("symbolfile \"{}\" is not the bare name of a file", printable(ini.symbolFile)));
  }
  if (ini.languages.empty()) {
    problems.emplace_back("no language is listed");
  }
}

bool hasName(const CounterIni& ini, const std::string& symbol, const std::string& language) {
  return std::ranges::any_of(ini.texts, [&](const CounterText& text) {
    return text.symbol == symbol && equalsIgnoringCase(text.language, language) &&
           !text.name.empty();
  });
}

// lodctr of NT 4.0 sets Last Counter and Last Help to 0 for a language without texts, and all other
// counters vanish (Q170840).
void checkLanguages(const CounterIni& ini, const SymbolFile& symbols, Problems& problems) {
  std::vector<std::string> objects = ini.objects;
  if (objects.empty()) {
    const auto first =
        std::ranges::find(symbols.offsets, 0U, [](const auto& entry) { return entry.second; });
    if (first != symbols.offsets.end()) {
      objects.push_back(first->first);
    }
  }
  for (const std::string& language : ini.languages) {
    for (const std::string& object : objects) {
      if (!hasName(ini, object, language)) {
        problems.push_back(fmt::format("language {} has no text for object {} (Q170840)",
                                       printable(language), printable(object)));
      }
    }
  }
}

// Texts of two languages under one number give more strings than symbols, and wrong Last values
// (Q192742).
void checkTexts(const CounterIni& ini, const SymbolFile& symbols, Problems& problems) {
  std::set<std::pair<std::string_view, std::string>> seen;
  std::set<std::string_view> withText;
  for (const CounterText& text : ini.texts) {
    if (!seen.emplace(text.symbol, lowerCase(text.language)).second) {
      problems.push_back(fmt::format("{} has two texts in language {} (Q192742)",
                                     printable(text.symbol), printable(text.language)));
    }
    if (withText.insert(text.symbol).second && !symbols.offsets.contains(text.symbol)) {
      problems.push_back(
          fmt::format("{} has a text but no offset in the symbol file", printable(text.symbol)));
    }
  }
  for (const auto& [symbol, offset] : symbols.offsets) {
    if (!withText.contains(symbol)) {
      problems.push_back(fmt::format("{} has an offset but no text", printable(symbol)));
    }
  }
}

void checkOffsets(const SymbolFile& symbols, Problems& problems) {
  std::set<std::uint32_t> offsets;
  for (const auto& [symbol, offset] : symbols.offsets) {
    if (!offsets.insert(offset).second) {
      problems.push_back(fmt::format("offset {} is given twice", offset));
    }
  }
  std::uint32_t expected = 0;
  for (const std::uint32_t offset : offsets) {
    if (offset != expected) {
      problems.push_back(fmt::format("offset {} stands where {} was expected", offset, expected));
      return;
    }
    expected += 2;
  }
}

}  // namespace

std::vector<std::string> problemsOf(const CounterIni& ini, const SymbolFile& symbols,
                                    const std::string& service) {
  Problems problems;
  checkHeader(ini, service, problems);
  checkLanguages(ini, symbols, problems);
  checkTexts(ini, symbols, problems);
  checkOffsets(symbols, problems);
  return problems;
}

}  // namespace imshealth
