// The numbers that Perflib gives to counters and help texts, and whom they belong to: ranges of all
// services as intervals, Perflib's totals, the texts per language (perflib.md 4.3, invariants 1 to 10).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace imshealth {

/// HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Perflib
struct PerflibTotals {
  std::optional<std::uint32_t> lastCounter;
  std::optional<std::uint32_t> lastHelp;
  std::optional<std::uint32_t> baseIndex;

  bool operator==(const PerflibTotals&) const = default;
};

/// The index values of one service's Performance key; any may be missing.
struct ServiceRange {
  std::string service;
  std::optional<std::uint32_t> firstCounter, lastCounter, firstHelp, lastHelp;

  bool operator==(const ServiceRange&) const = default;
};

/// The texts of one language: the lists `Counter` and `Help`, as index/text pairs.
struct LanguageTexts {
  std::string language;  ///< "009"
  std::map<std::uint32_t, std::string> names;  ///< even indexes; without the pseudo pair 1
  std::map<std::uint32_t, std::string> helps;
  std::vector<std::string> damage;  ///< what is badly formed (LoadPerf 3001, 3002), for a person

  bool operator==(const LanguageTexts&) const = default;
};

struct IndexSpace {
  PerflibTotals totals;
  std::vector<ServiceRange> services;    ///< all with a Performance key, the watched one too
  std::vector<LanguageTexts> languages;  ///< 009 first

  bool operator==(const IndexSpace&) const = default;
};

/// A broken invariant, by its number in perflib.md 4.3.
struct Violation {
  int invariant = 0;
  std::string text;  ///< for a person; names the values

  bool operator==(const Violation&) const = default;
};

/// What is wrong with the range of `service`: invariants 1, 2, 4 to 7, 9. Empty: sound, or not loaded.
std::vector<Violation> violationsOf(const IndexSpace&, const std::string& service);

/// Invariants 5 to 8: unlodctr with such a range deletes the texts of other products.
bool makesUnloadingUnsafe(const Violation&);

/// What changed for any other service than `service`: its stored range or one of its texts. Empty: the
/// proof that a repair has moved nothing of anybody else's.
std::vector<std::string> changesToOthers(const IndexSpace& before, const IndexSpace& after,
                                         const std::string& service);

/// Reads a REG_MULTI_SZ list of index/text pairs, as `Counter 009` and perfc009.dat hold it. `bytes` are
/// UTF-16LE. Odd and damaged entries end up in `damage`.
std::map<std::uint32_t, std::string> parseTextList(const std::vector<std::uint8_t>& bytes,
                                                   std::vector<std::string>& damage);

}  // namespace imshealth
