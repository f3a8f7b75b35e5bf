// The counter file (imcperf.ini) that lodctr reads, and the symbol file (.h) beside it.
#pragma once

#include "core/error.h"

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace imshealth {

struct CounterText {
  std::string symbol;
  std::string language;  ///< "009"
  std::string name;      ///< SYMBOL_lang_NAME
  std::string help;      ///< SYMBOL_lang_HELP; may be empty

  bool operator==(const CounterText&) const = default;
};

struct CounterIni {
  std::string driverName;              ///< [info] drivername
  std::string symbolFile;              ///< [info] symbolfile
  std::vector<std::string> languages;  ///< [languages]
  std::vector<std::string> objects;    ///< [objects] symbols, without language and _NAME
  std::vector<CounterText> texts;      ///< [text]

  bool operator==(const CounterIni&) const = default;
};

/// `#define SYMBOL offset`; offsets 0, 2, 4 …
struct SymbolFile {
  std::map<std::string, std::uint32_t> offsets;

  bool operator==(const SymbolFile&) const = default;
};

/// ANSI (Windows-1252, NT-era) or UTF-16LE with BOM.
Result<CounterIni> readCounterIni(std::span<const std::uint8_t> bytes);
Result<SymbolFile> readSymbolFile(std::span<const std::uint8_t> bytes);

/// What would make lodctr fail or do harm: each language needs the texts of its objects (Q170840),
/// each symbol an offset. Empty: sound.
std::vector<std::string> problemsOf(const CounterIni&, const SymbolFile&,
                                    const std::string& service);

}  // namespace imshealth
