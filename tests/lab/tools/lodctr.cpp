// lodctr: loads the texts and index range of a service's counters, as perflib's loader does it.
// settings.ini [lodctr]: misbehave; slow = ms at each stage; stopAt = stage; nothing = 1 (ends
// well, does nothing); fail = code (before anything is written); failAfterTexts = code (texts
// written, totals not); exitCode = what to end with whatever happened.
#include "tests/lab/tools/counter_texts.h"
#include "tests/lab/tools/journal.h"
#include "tests/lab/tools/loadperf.h"

#include <windows.h>

#include <algorithm>
#include <cstdio>
#include <cwctype>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace {

constexpr const wchar_t tool[] = L"lodctr";

struct Definition {
  std::wstring service;
  std::map<std::wstring, std::uint32_t> symbols;  // name -> offset
  std::vector<std::wstring> languages;
  std::set<std::wstring> objects;  // symbols
  std::wstring ini;

  std::uint32_t largestOffset() const {
    std::uint32_t largest = 0;
    for (const auto& [name, offset] : symbols) {
      largest = std::max(largest, offset);
    }
    return largest;
  }
  std::wstring text(const std::wstring& symbol, const std::wstring& language,
                    const wchar_t* ending) const {
    wchar_t value[2048];
    GetPrivateProfileStringW(L"text", (symbol + L"_" + language + ending).c_str(), L"", value, 2048,
                             ini.c_str());
    return value;
  }
};

std::vector<std::wstring> keysOf(const wchar_t* section, const std::wstring& ini) {
  std::wstring all(32768, L'\0');
  const DWORD length =
      GetPrivateProfileStringW(section, nullptr, L"", all.data(), 32768, ini.c_str());
  std::vector<std::wstring> keys;
  for (std::size_t at = 0; at < length; at += keys.back().size() + 1) {
    keys.emplace_back(all.c_str() + at);
  }
  return keys;
}

bool exists(const std::wstring& path) {
  return GetFileAttributesW(path.c_str()) != INVALID_FILE_ATTRIBUTES;
}

// In the current directory alone, as NT 4.0 SP3 looks for it; not beside the ini (Q169659).
DWORD readSymbols(const std::wstring& name, Definition& definition) {
  FILE* file = _wfopen(name.c_str(), L"r");
  if (file == nullptr) {
    return ERROR_FILE_NOT_FOUND;
  }
  char line[1024];
  while (std::fgets(line, sizeof line, file) != nullptr) {
    std::istringstream words{std::string(line)};
    std::string define;
    std::string symbol;
    std::uint32_t offset = 0;
    if (words >> define >> symbol >> offset && define == "#define") {
      definition.symbols[std::wstring(symbol.begin(), symbol.end())] = offset;
    }
  }
  std::fclose(file);
  return definition.symbols.empty() ? ERROR_INVALID_DATA : 0;
}

DWORD readDefinition(const std::wstring& name, Definition& definition) {
  wchar_t full[MAX_PATH];
  GetFullPathNameW(name.c_str(), MAX_PATH, full, nullptr);
  definition.ini = full;
  if (!exists(definition.ini)) {
    return ERROR_FILE_NOT_FOUND;
  }
  wchar_t value[512];
  GetPrivateProfileStringW(L"info", L"drivername", L"", value, 512, full);
  definition.service = value;
  GetPrivateProfileStringW(L"info", L"symbolfile", L"", value, 512, full);
  definition.languages = keysOf(L"languages", definition.ini);
  if (definition.service.empty() || *value == 0 || definition.languages.empty()) {
    return ERROR_INVALID_DATA;
  }
  if (const DWORD error = readSymbols(value, definition)) {
    return error;
  }
  for (const std::wstring& key : keysOf(L"objects", definition.ini)) {
    for (const auto& [symbol, offset] : definition.symbols) {
      if (key.starts_with(symbol + L"_")) {
        definition.objects.insert(symbol);
      }
    }
  }
  return 0;
}

bool hasTexts(const Definition& definition, const std::wstring& language) {
  for (const auto& [symbol, offset] : definition.symbols) {
    if (!definition.text(symbol, language, L"_NAME").empty()) {
      return true;
    }
  }
  return false;
}

// Appends the texts to every language of this machine that the ini has.
DWORD appendTexts(const Definition& definition, std::uint32_t firstCounter) {
  for (const std::wstring& language : lab::languages()) {
    if (std::find(definition.languages.begin(), definition.languages.end(), language) ==
            definition.languages.end() ||
        !hasTexts(definition, language)) {
      std::printf("No texts for language %ls\n", language.c_str());
      lab::logEvent(2005, definition.service, {});
      continue;
    }
    lab::Texts names;
    lab::Texts help;
    DWORD error = lab::readTexts(L'c', language, names);
    if (error == 0) {
      error = lab::readTexts(L'h', language, help);
    }
    if (error != 0) {
      return error;
    }
    for (const auto& [symbol, offset] : definition.symbols) {
      const std::wstring name = definition.text(symbol, language, L"_NAME");
      if (!name.empty()) {
        names[firstCounter + offset] = name;
        help[firstCounter + offset + 1] = definition.text(symbol, language, L"_HELP");
      }
    }
    error = lab::writeTexts(L'c', language, names);
    lab::stage(tool, "names");
    if (error == 0) {
      error = lab::writeTexts(L'h', language, help);
    }
    if (error != 0) {
      return error;
    }
  }
  return 0;
}

std::wstring objectList(const Definition& definition, std::uint32_t firstCounter) {
  std::set<std::uint32_t> indexes;
  for (const std::wstring& symbol : definition.objects) {
    indexes.insert(firstCounter + definition.symbols.at(symbol));
  }
  std::wstring list;
  for (const std::uint32_t index : indexes) {
    list += (list.empty() ? L"" : L" ") + std::to_wstring(index);
  }
  return list;
}

DWORD writeRange(const Definition& definition, std::uint32_t firstCounter) {
  const std::wstring key = lab::performanceKey(definition.service);
  const std::uint32_t lastCounter = firstCounter + definition.largestOffset();
  lab::setNumber(lab::perflibKey, L"Last Counter", lastCounter);
  lab::setNumber(lab::perflibKey, L"Last Help", lastCounter + 1);
  lab::stage(tool, "totals");
  lab::setNumber(key, L"First Counter", firstCounter);
  lab::setNumber(key, L"First Help", firstCounter + 1);
  lab::setNumber(key, L"Last Counter", lastCounter);
  lab::setNumber(key, L"Last Help", lastCounter + 1);
  if (!definition.objects.empty()) {
    lab::setText(key, L"Object List", objectList(definition, firstCounter));
  }
  lab::stage(tool, "range");
  lab::logEvent(1000, definition.service,
                {firstCounter, lastCounter, firstCounter + 1, lastCounter + 1});
  return 0;
}

DWORD failed(const Definition& definition, DWORD error) {
  lab::logEvent(3009, definition.service.empty() ? definition.ini : definition.service, {error});
  std::printf("The counters were not loaded, error %lu\n", error);
  return error;
}

DWORD load(const std::wstring& name) {
  lab::stage(tool, "begun");
  Definition definition;
  if (const DWORD error = readDefinition(name, definition)) {
    return failed(definition, error);
  }
  if (!lab::keyExists(lab::performanceKey(definition.service))) {
    lab::logEvent(3003, definition.service, {ERROR_FILE_NOT_FOUND});
    return failed(definition, ERROR_FILE_NOT_FOUND);
  }
  if (lab::number(lab::performanceKey(definition.service), L"First Counter")) {
    lab::logEvent(1002, definition.service, {});
    std::printf("The counters of %ls are there already\n", definition.service.c_str());
    return 0;
  }
  if (lab::faultNumber(tool, L"nothing", 0) != 0) {
    return 0;
  }
  if (const int error = lab::faultNumber(tool, L"fail", 0)) {
    return failed(definition, static_cast<DWORD>(error));
  }
  const auto lastCounter = lab::number(lab::perflibKey, L"Last Counter");
  if (!lastCounter) {
    return failed(definition, ERROR_FILE_NOT_FOUND);
  }
  const std::uint32_t firstCounter = *lastCounter + 2;
  if (const DWORD error = appendTexts(definition, firstCounter)) {
    return failed(definition, error);
  }
  lab::stage(tool, "texts");
  if (const int error = lab::faultNumber(tool, L"failAfterTexts", 0)) {
    return failed(definition, static_cast<DWORD>(error));
  }
  std::printf("The counters of %ls are loaded\n", definition.service.c_str());
  return writeRange(definition, firstCounter);
}

// lodctr /S:<file> of XP and later: all counter settings as text.
DWORD save(const std::wstring& path) {
  HANDLE file = CreateFileW(path.c_str(), GENERIC_WRITE, 0, nullptr, CREATE_ALWAYS, 0, nullptr);
  if (file == INVALID_HANDLE_VALUE) {
    return GetLastError();
  }
  std::string out =
      "[Perflib]\r\nLast Counter=" +
      std::to_string(lab::number(lab::perflibKey, L"Last Counter").value_or(0)) +
      "\r\nLast Help=" + std::to_string(lab::number(lab::perflibKey, L"Last Help").value_or(0)) +
      "\r\n";
  lab::Texts names;
  lab::readTexts(L'c', L"009", names);
  out += "[PERF_009]\r\n";
  for (const auto& [index, text] : names) {
    out += std::to_string(index) + "=" + lab::utf8(text) + "\r\n";
  }
  DWORD written = 0;
  WriteFile(file, out.data(), static_cast<DWORD>(out.size()), &written, nullptr);
  CloseHandle(file);
  return 0;
}

DWORD run(int argc, wchar_t** argv) {
  if (argc != 2) {
    std::puts("lodctr INI-FILE\nlodctr /S:FILE");
    return 0;
  }
  const std::wstring word = argv[1];
  if (word.starts_with(L"/S:") || word.starts_with(L"/s:")) {
    return save(word.substr(3));
  }
  if (word.starts_with(L"/")) {
    std::puts("This lodctr knows /S: only");
    return ERROR_INVALID_PARAMETER;
  }
  return load(word);
}

}  // namespace

int wmain(int argc, wchar_t** argv) {
  lab::recordStart(tool, argc, argv);
  lab::misbehave(tool);
  const DWORD result = run(argc, argv);
  const int told = lab::faultNumber(tool, L"exitCode", static_cast<int>(result));
  lab::recordEnd(tool, told);
  return told;
}
