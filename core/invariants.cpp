#include "core/invariants.h"

#include "config/ascii.h"
#include "core/printable.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>
#include <string_view>

namespace imshealth {
namespace {

constexpr std::string_view kEnglish = "009";

const CounterText* findText(const CounterIni& ini, std::string_view symbol) {
  const auto found = std::ranges::find_if(ini.texts, [&](const CounterText& text) {
    return text.symbol == symbol && equalsIgnoringCase(text.language, kEnglish);
  });
  return found == ini.texts.end() ? nullptr : &*found;
}

std::set<std::uint32_t> namesWithoutHelp(const CounterFileFacts& file, std::uint32_t firstCounter) {
  std::set<std::uint32_t> indexes;
  if (file.ini && file.symbols) {
    for (const auto& [symbol, offset] : file.symbols->offsets) {
      const CounterText* text = findText(*file.ini, symbol);
      if (text != nullptr && text->help.empty()) {
        indexes.insert(firstCounter + offset);
      }
    }
  }
  return indexes;
}

void checkLength(const PerformanceKey& key, const SymbolFile& symbols,
                 std::vector<Violation>& found) {
  std::uint32_t largest = 0;
  for (const auto& [symbol, offset] : symbols.offsets) {
    largest = std::max(largest, offset);
  }
  if (std::uint64_t{*key.lastCounter} != std::uint64_t{*key.firstCounter} + largest) {
    found.push_back(
        {3,
         fmt::format(
             "Last Counter {} is not First Counter {} + {}, the largest offset of the symbol file",
             *key.lastCounter, *key.firstCounter, largest)});
  }
}

void checkObjectName(const IndexSpace& space, const PerformanceKey& key,
                     const CounterFileFacts& file, std::vector<Violation>& found) {
  const auto first =
      std::ranges::find(file.symbols->offsets, 0U, [](const auto& entry) { return entry.second; });
  const LanguageTexts* texts = textsOf(space, std::string(kEnglish));
  if (first == file.symbols->offsets.end() || texts == nullptr) {
    return;
  }
  const CounterText* object = findText(*file.ini, first->first);
  const auto stored = texts->names.find(*key.firstCounter);
  if (object != nullptr && stored != texts->names.end() && stored->second != object->name) {
    found.push_back(
        {8, fmt::format("the name at First Counter {} is \"{}\" instead of \"{}\"",
                        *key.firstCounter, printable(stored->second), printable(object->name))});
  }
}

void checkObjectList(const PerformanceKey& key, std::vector<Violation>& found) {
  std::string_view list = *key.objectList;
  while (true) {
    const auto start = list.find_first_not_of(" \t,");
    if (start == std::string_view::npos) {
      return;
    }
    list.remove_prefix(start);
    const std::string_view word = list.substr(0, list.find_first_of(" \t,"));
    list.remove_prefix(word.size());
    std::uint32_t index = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), index);
    const bool number = error == std::errc() && end == word.data() + word.size();
    if (!number || index % 2 != 0 || index < *key.firstCounter || index > *key.lastCounter) {
      found.push_back(
          {10, fmt::format("Object List holds {}, which is no even number from {} to {}",
                           printable(word), *key.firstCounter, *key.lastCounter)});
      return;
    }
  }
}

}  // namespace

std::vector<Violation> brokenInvariants(const std::string& service, const IndexSpace& space,
                                        const PerformanceKey& key, const CounterFileFacts& file) {
  // The range of the key that was read, not of the list that was read a moment before.
  IndexSpace current = space;
  std::erase_if(current.services, [&](const ServiceRange& range) {
    return equalsIgnoringCase(range.service, service);
  });
  current.services.push_back(
      {service, key.firstCounter, key.lastCounter, key.firstHelp, key.lastHelp});

  auto found = violationsOf(current, service, namesWithoutHelp(file, key.firstCounter.value_or(0)));
  if (key.indexValues() == 4) {
    if (file.symbols) {
      checkLength(key, *file.symbols, found);
      if (file.ini) {
        checkObjectName(space, key, file, found);
      }
    }
    if (key.objectList) {
      checkObjectList(key, found);
    }
  }
  std::ranges::stable_sort(found, {}, &Violation::invariant);
  return found;
}

}  // namespace imshealth
