#include "core/index_space.h"

#include "config/ascii.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace imshealth {
namespace {

using Violations = std::vector<Violation>;

/// Both ends there and in order.
struct Interval {
  std::uint32_t first = 0, last = 0;
  bool contains(std::uint32_t index) const { return first <= index && index <= last; }
  bool overlaps(const Interval& other) const { return first <= other.last && other.first <= last; }
};

std::optional<Interval> interval(std::optional<std::uint32_t> first,
                                 std::optional<std::uint32_t> last) {
  return first && last && *first <= *last ? std::optional(Interval{*first, *last}) : std::nullopt;
}

/// Of either list.
bool holds(const ServiceRange& range, std::uint32_t index) {
  const auto counters = interval(range.firstCounter, range.lastCounter);
  const auto helps = interval(range.firstHelp, range.lastHelp);
  return (counters && counters->contains(index)) || (helps && helps->contains(index));
}

/// Windows' own counters and help texts: no Performance key says that they are somebody's.
bool isOfTheSystem(std::uint32_t index) {
  return index <= kLastBaseHelp;
}

/// From the lowest to the highest of the four index values: whichever way unlodctr reads values
/// that do not belong together, it deletes nothing outside. Nothing where one is missing: unlodctr
/// is not run then.
std::optional<Interval> reachOf(const ServiceRange& range) {
  if (!range.firstCounter || !range.lastCounter || !range.firstHelp || !range.lastHelp) {
    return std::nullopt;
  }
  const auto [lowest, highest] =
      std::minmax({*range.firstCounter, *range.lastCounter, *range.firstHelp, *range.lastHelp});
  return Interval{lowest, highest};
}

std::string shown(std::optional<std::uint32_t> value) {
  return value ? fmt::format("{}", *value) : "missing";
}

void checkTotals(const IndexSpace& space, Violations& found) {
  const auto& [lastCounter, lastHelp, baseIndex] = space.totals;
  if (!lastCounter || !lastHelp || *lastCounter == 0 || *lastHelp == 0) {
    found.push_back({1, fmt::format("Perflib Last Counter is {}, Last Help is {} (Q170840)",
                                    shown(lastCounter), shown(lastHelp))});
  } else if (std::uint64_t{*lastHelp} != std::uint64_t{*lastCounter} + 1) {
    found.push_back({1, fmt::format("Perflib Last Help {} is not Last Counter {} + 1", *lastHelp,
                                    *lastCounter)});
  }
}

void checkShape(const ServiceRange& range, Violations& found) {
  const std::string values = fmt::format(
      "First Counter {}, Last Counter {}, First Help {}, Last Help {}", shown(range.firstCounter),
      shown(range.lastCounter), shown(range.firstHelp), shown(range.lastHelp));
  if (!range.firstCounter || !range.lastCounter || !range.firstHelp || !range.lastHelp) {
    found.push_back({2, "some index values are missing: " + values});
    return;
  }
  const bool ordered = *range.firstCounter <= *range.lastCounter;
  const bool even = *range.firstCounter % 2 == 0 && *range.lastCounter % 2 == 0;
  const bool paired = std::uint64_t{*range.firstHelp} == std::uint64_t{*range.firstCounter} + 1 &&
                      std::uint64_t{*range.lastHelp} == std::uint64_t{*range.lastCounter} + 1;
  if (!ordered || !even || !paired) {
    found.push_back({2, "the index values do not belong together: " + values});
  }
}

void checkPlace(const IndexSpace& space, const ServiceRange& range, Violations& found) {
  if (range.firstCounter && *range.firstCounter <= kLastBaseCounter) {
    found.push_back(
        {4, fmt::format("First Counter {} lies among the system's own counters, which end at {}",
                        *range.firstCounter, kLastBaseCounter)});
  }
  const auto exceeds = [](std::optional<std::uint32_t> value, std::optional<std::uint32_t> total) {
    return value && *value > total.value_or(0);
  };
  if (exceeds(range.lastCounter, space.totals.lastCounter)) {
    found.push_back({5, fmt::format("Last Counter {} is above Perflib Last Counter {}",
                                    *range.lastCounter, shown(space.totals.lastCounter))});
  }
  if (exceeds(range.lastHelp, space.totals.lastHelp)) {
    found.push_back({5, fmt::format("Last Help {} is above Perflib Last Help {}", *range.lastHelp,
                                    shown(space.totals.lastHelp))});
  }
}

// unlodctr deletes from First to Last, whatever stands in between: with a cluster that replicates
// Performance keys these may be another product's texts (Q237541).
void checkOverlaps(const IndexSpace& space, const ServiceRange& range, Violations& found) {
  const auto ours = reachOf(range);
  if (ours && isOfTheSystem(ours->first)) {
    found.push_back({6, fmt::format("{} to {} overlaps the system's own texts, which end at {}",
                                    ours->first, ours->last, kLastBaseHelp)});
  }
  for (const ServiceRange& other : space.services) {
    if (!ours || equalsIgnoringCase(other.service, range.service)) {
      continue;
    }
    const auto counters = interval(other.firstCounter, other.lastCounter);
    const auto helps = interval(other.firstHelp, other.lastHelp);
    if ((counters && ours->overlaps(*counters)) || (helps && ours->overlaps(*helps))) {
      found.push_back(
          {6, fmt::format("{} to {} overlaps the range of {}, {} to {}", ours->first, ours->last,
                          other.service, shown(other.firstCounter), shown(other.lastHelp))});
    }
  }
}

// Judged in English, the language that every ini has; texts of other languages need not be there
// (Q190445). Gaps of help texts occur in the system's own range, so only the service's range is
// looked at.
void checkTexts(const IndexSpace& space, const ServiceRange& range,
                const std::set<std::uint32_t>& helpless, Violations& found) {
  const LanguageTexts* texts = textsOf(space, "009");
  const auto names = interval(range.firstCounter, range.lastCounter);
  if (texts == nullptr || !names) {
    return;
  }
  // Walks the texts, not the range: a stored range may span billions.
  const auto count = [&](const auto& list, std::uint64_t first, std::uint64_t last) {
    return static_cast<std::uint64_t>(std::ranges::count_if(list, [&](const auto& entry) {
      return entry.first >= first && entry.first <= last && (entry.first - first) % 2 == 0 &&
             !entry.second.empty();
    }));
  };
  const std::uint64_t expected = (std::uint64_t{names->last} - names->first) / 2 + 1;
  const std::uint64_t named = count(texts->names, names->first, names->last);
  const std::uint64_t helped =
      count(texts->helps, std::uint64_t{names->first} + 1, std::uint64_t{names->last} + 1);
  const auto spared =
      static_cast<std::uint64_t>(std::ranges::count_if(helpless, [&](std::uint32_t index) {
        return names->contains(index) && !texts->helps.contains(index + 1);
      }));
  if (named < expected) {
    found.push_back({7, fmt::format("{} of the {} names from {} to {} are missing",
                                    expected - named, expected, names->first, names->last)});
  }
  if (helped + spared < expected) {
    found.push_back(
        {7, fmt::format("{} of the {} help texts from {} to {} are missing",
                        expected - spared - helped, expected, std::uint64_t{names->first} + 1,
                        std::uint64_t{names->last} + 1)});
  }
}

void checkLists(const IndexSpace& space, Violations& found) {
  for (const LanguageTexts& texts : space.languages) {
    if (!texts.damage.empty()) {
      found.push_back({7, fmt::format("the texts of language {} are badly formed: {}",
                                      texts.language, texts.damage.front())});
    }
  }
}

void checkHighest(const IndexSpace& space, Violations& found) {
  const LanguageTexts* texts = textsOf(space, "009");
  if (texts == nullptr || texts->names.empty() || !space.totals.lastCounter) {
    return;
  }
  const std::uint32_t highest = texts->names.rbegin()->first;
  if (highest != *space.totals.lastCounter) {
    found.push_back({9, fmt::format("the highest name has index {}, Perflib Last Counter is {}",
                                    highest, *space.totals.lastCounter)});
  }
}

/// "MSExchangeDS: First Counter 2100, …", as it is compared and shown.
std::string described(const ServiceRange& range) {
  return fmt::format("First Counter {}, Last Counter {}, First Help {}, Last Help {}",
                     shown(range.firstCounter), shown(range.lastCounter), shown(range.firstHelp),
                     shown(range.lastHelp));
}

void compareRanges(const IndexSpace& from, const IndexSpace& to, const std::string& service,
                   std::vector<std::string>& changes) {
  for (const ServiceRange& before : from.services) {
    if (equalsIgnoringCase(before.service, service)) {
      continue;
    }
    const ServiceRange* after = rangeOf(to, before.service);
    if (after == nullptr) {
      changes.push_back(fmt::format("the Performance key of {} is gone", before.service));
    } else if (described(before) != described(*after)) {
      changes.push_back(fmt::format("{} had {} and has {}", before.service, described(before),
                                    described(*after)));
    }
  }
  for (const ServiceRange& after : to.services) {
    if (!equalsIgnoringCase(after.service, service) && rangeOf(from, after.service) == nullptr) {
      changes.push_back(fmt::format("{} has got a Performance key", after.service));
    }
  }
}

/// The indexes that are the service's own, before or after, and that neither the system nor another
/// service had before: a range that runs over another's does not make the other's texts its own.
class OwnIndexes {
 public:
  OwnIndexes(const IndexSpace& before, const IndexSpace& after, const std::string& service)
      : before_(before),
        service_(service),
        ranges_{rangeOf(before, service), rangeOf(after, service)} {}

  bool contains(std::uint32_t index) const {
    if (isOfTheSystem(index)) {
      return false;
    }
    return std::ranges::any_of(
               ranges_,
               [&](const ServiceRange* own) { return own != nullptr && holds(*own, index); }) &&
           std::ranges::none_of(before_.services, [&](const ServiceRange& other) {
             return !equalsIgnoringCase(other.service, service_) && holds(other, index);
           });
  }

 private:
  const IndexSpace& before_;
  const std::string& service_;
  std::array<const ServiceRange*, 2> ranges_;
};

using TextList = std::map<std::uint32_t, std::string>;

void compareTexts(std::string_view what, const TextList& before, const TextList& after,
                  const OwnIndexes& own, std::vector<std::string>& changes) {
  for (const auto& [index, text] : before) {
    const auto now = after.find(index);
    if (!own.contains(index) && (now == after.end() || now->second != text)) {
      changes.push_back(fmt::format("{} {} was \"{}\" and is {}", what, index, text,
                                    now == after.end() ? "gone" : '"' + now->second + '"'));
    }
  }
  for (const auto& [index, text] : after) {
    if (!own.contains(index) && !before.contains(index)) {
      changes.push_back(fmt::format("{} {} \"{}\" is new", what, index, text));
    }
  }
}

}  // namespace

const ServiceRange* rangeOf(const IndexSpace& space, const std::string& service) {
  const auto found = std::ranges::find_if(space.services, [&](const ServiceRange& range) {
    return equalsIgnoringCase(range.service, service);
  });
  return found == space.services.end() ? nullptr : &*found;
}

const LanguageTexts* textsOf(const IndexSpace& space, const std::string& language) {
  const auto found = std::ranges::find_if(space.languages, [&](const LanguageTexts& texts) {
    return equalsIgnoringCase(texts.language, language);
  });
  return found == space.languages.end() ? nullptr : &*found;
}

std::vector<Violation> violationsOf(const IndexSpace& space, const std::string& service,
                                    const std::set<std::uint32_t>& helpless) {
  Violations found;
  checkTotals(space, found);
  const ServiceRange* range = rangeOf(space, service);
  const bool loaded = range != nullptr && (range->firstCounter || range->lastCounter ||
                                           range->firstHelp || range->lastHelp);
  if (loaded) {
    checkShape(*range, found);
    checkPlace(space, *range, found);
    checkOverlaps(space, *range, found);
    checkTexts(space, *range, helpless, found);
  }
  checkLists(space, found);
  checkHighest(space, found);
  return found;
}

bool makesUnloadingUnsafe(const Violation& violation) {
  return violation.invariant >= 5 && violation.invariant <= 8;
}

std::vector<std::string> changesToOthers(const IndexSpace& before, const IndexSpace& after,
                                         const std::string& service) {
  std::vector<std::string> changes;
  compareRanges(before, after, service, changes);
  const OwnIndexes own(before, after, service);
  static const LanguageTexts kNone;
  const auto compare = [&](const LanguageTexts& old, const LanguageTexts& now,
                           const std::string& language) {
    compareTexts("name " + language, old.names, now.names, own, changes);
    compareTexts("help " + language, old.helps, now.helps, own, changes);
  };
  for (const LanguageTexts& old : before.languages) {
    const LanguageTexts* now = textsOf(after, old.language);
    compare(old, now == nullptr ? kNone : *now, old.language);
  }
  for (const LanguageTexts& now : after.languages) {
    if (textsOf(before, now.language) == nullptr) {
      compare(kNone, now, now.language);
    }
  }
  return changes;
}

std::vector<std::uint32_t> orphanedTexts(const IndexSpace& space) {
  std::vector<std::uint32_t> orphans;
  const LanguageTexts* texts = textsOf(space, "009");
  if (texts == nullptr) {
    return orphans;
  }
  const auto owned = [&](std::uint32_t index) {
    return std::ranges::any_of(space.services,
                               [index](const ServiceRange& range) { return holds(range, index); });
  };
  for (const TextList* list : {&texts->names, &texts->helps}) {
    for (const auto& [index, text] : *list) {
      if (!isOfTheSystem(index) && !owned(index)) {
        orphans.push_back(index);
      }
    }
  }
  std::ranges::sort(orphans);
  return orphans;
}

}  // namespace imshealth
