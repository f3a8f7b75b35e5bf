// The numbers that Perflib gives to counters and help texts, and whom they belong to: ranges of all
// services as intervals, Perflib's totals, the texts per language.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace imshealth {

/// The last indexes of the system's own counters and help texts: 1846/1847 with the base set alone
/// (Q300956, Q179456).
inline constexpr std::uint32_t kLastBaseCounter = 1846;
inline constexpr std::uint32_t kLastBaseHelp = kLastBaseCounter + 1;

/// HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Perflib
struct PerflibTotals {
  std::optional<std::uint32_t> lastCounter;
  std::optional<std::uint32_t> lastHelp;
  std::optional<std::uint32_t> baseIndex;  ///< to be read only (core/facts.h)

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
  std::string language;                        ///< "009"
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

/// A broken invariant, by its number (core/invariants.h lists them).
struct Violation {
  int invariant = 0;
  std::string text;  ///< for a person; names the values

  bool operator==(const Violation&) const = default;
};

/// What is wrong with the range of `service` and with the totals: invariants 1, 2, 4 to 7, 9. Of a
/// service that is not loaded only what all services share is judged: totals, form of the lists,
/// highest index (1, 7, 9). `helpless`: names of the range whose help text the counter file leaves
/// out. With the counter file and the Performance key at hand: brokenInvariants
/// (core/invariants.h).
std::vector<Violation> violationsOf(const IndexSpace&, const std::string& service,
                                    const std::set<std::uint32_t>& helpless = {});

/// Invariants 5 to 8: unlodctr with such a range deletes the texts of other products.
bool makesUnloadingUnsafe(const Violation&);

/// What changed for any other service than `service`: its stored range or one of its texts. Empty:
/// the proof that a repair has moved nothing of anybody else's.
std::vector<std::string> changesToOthers(const IndexSpace& before, const IndexSpace& after,
                                         const std::string& service);

/// The range that the Performance key of `service` stores; nullptr: it has no such key.
const ServiceRange* rangeOf(const IndexSpace&, const std::string& service);
const LanguageTexts* textsOf(const IndexSpace&, const std::string& language);

/// Texts above the base set that lie within no service's range: what an unlodctr that went wrong
/// leaves behind.
std::vector<std::uint32_t> orphanedTexts(const IndexSpace&);

/// Reads a REG_MULTI_SZ list of index/text pairs, as `Counter 009` and perfc009.dat hold it.
/// `bytes` are UTF-16LE. Odd and damaged entries end up in `damage`.
std::map<std::uint32_t, std::string> parseTextList(const std::vector<std::uint8_t>& bytes,
                                                   std::vector<std::string>& damage);

}  // namespace imshealth
