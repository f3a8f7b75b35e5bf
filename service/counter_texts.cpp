// Read from perfc<lang>.dat and perfh<lang>.dat, where NT has kept them since 3.51 (Q127207);
// before that the Perflib key held them itself, and it shows a view of the files since. Never from
// HKEY_PERFORMANCE_DATA, though "Counter 009" works there on every version: opening that key may
// load and open the counter libraries of all products, and a bad one would take this service with
// it.
#include "service/counter_texts.h"

#include "service/system_directory.h"
#include "service/win32/file_io.h"
#include "service/win32/handles.h"
#include "service/win32/registry.h"
#include "service/win32/text.h"

#include <algorithm>
#include <set>
#include <string>

namespace imshealth {
namespace {

constexpr const char* kPerflib = "SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Perflib";
constexpr std::uint64_t kLargestFile = 64ULL * 1024 * 1024;
constexpr std::size_t kEmptyList = 4;  // bytes: nothing but terminators

/// "009", "00C", "0816": a language, and no other subkey of Perflib.
bool isLanguage(const std::string& name) {
  return (name.size() == 3 || name.size() == 4) && std::ranges::all_of(name, [](unsigned char c) {
           return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f');
         });
}

std::string upper(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return text;
}

std::set<std::string> languages() {
  std::set<std::string> found;
  if (const auto perflib = RegistryKey::open(kPerflib)) {
    for (const std::string& name : perflib->subkeys()) {
      if (isLanguage(name)) {
        found.insert(upper(name));
      }
    }
  }
  WIN32_FIND_DATAW entry;
  const UniqueFind search(
      FindFirstFileW(toWide(systemDirectory() + "\\perfc*.dat").c_str(), &entry));
  for (BOOL more = search ? TRUE : FALSE; more; more = FindNextFileW(search.get(), &entry)) {
    const std::string name = toUtf8(entry.cFileName);
    constexpr std::size_t kStem = 5, kEnding = 4;  // perfc, .dat
    const std::string language =
        name.size() > kStem + kEnding ? name.substr(kStem, name.size() - kStem - kEnding) : "";
    if (isLanguage(language)) {
      found.insert(upper(language));
    }
  }
  return found;
}

std::vector<std::uint8_t> listOf(const std::string& language, const char* value,
                                 const char* fileStem) {
  const auto file =
      readWholeFile(systemDirectory() + "\\" + fileStem + language + ".dat", kLargestFile);
  if (file && file->size() > kEmptyList) {
    return {file->begin(), file->end()};
  }
  if (const auto key = RegistryKey::open(std::string(kPerflib) + "\\" + language)) {
    if (auto list = key->value(value);
        list && list->type == REG_MULTI_SZ && list->bytes.size() > kEmptyList) {
      return std::move(list->bytes);
    }
  }
  return {};
}

}  // namespace

std::vector<LanguageTexts> readCounterTexts() {
  std::vector<LanguageTexts> all;
  for (const std::string& language : languages()) {
    LanguageTexts texts{.language = language};
    texts.names = parseTextList(listOf(language, "Counter", "perfc"), texts.damage);
    texts.helps = parseTextList(listOf(language, "Help", "perfh"), texts.damage);
    if (!texts.names.empty() || !texts.helps.empty()) {
      all.push_back(std::move(texts));
    }
  }
  std::ranges::stable_sort(all, {},
                           [](const LanguageTexts& texts) { return texts.language != "009"; });
  return all;
}

}  // namespace imshealth
