// What a saved log says about counter libraries: the 1008s and what Perflib and LoadPerf logged
// around them. A file of a million records is summed up in a few megabytes: what is found is kept
// as places and decoded when it is printed.
#pragma once

#include "core/related_event.h"
#include "core/saved_log.h"
#include "core/time.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace imshealth {

/// By the time the sender gave, seconds since 1970.
struct ScanWindow {
  std::optional<std::int64_t> since;  ///< inclusive
  std::optional<std::int64_t> until;  ///< exclusive

  bool contains(std::int64_t time) const {
    return (!since || time >= *since) && (!until || time < *until);
  }
};

/// "2000-01-31", "2000-01-31T22:15", "2000-01-31T22:15:00Z": UTC.
std::optional<std::int64_t> parseScanTime(std::string_view text);

/// Open failures of one counter service with one status.
struct FailureGroup {
  std::string counterService;  ///< as the first event spells it
  std::uint64_t events = 0;
  std::int64_t first = 0;
  std::int64_t last = 0;
};

/// Events of one id beside them.
struct RelatedGroup {
  std::uint64_t events = 0;
  std::int64_t first = 0;
  std::int64_t last = 0;
};

struct ScannedFile {
  std::string file;
  EvtFileSummary summary;
  std::optional<Error> brokenOff;        ///< what comes behind could not be read
  std::vector<SavedPlace> openFailures;  ///< Perflib 1008, any service
  std::vector<SavedPlace> related;       ///< everything else of Perflib and LoadPerf
  std::vector<SavedPlace> recovered;     ///< leftovers
  /// By service and status. Names are hostile: beyond `mostGroups` they are counted in
  /// `otherFailures`.
  std::map<std::pair<std::string, std::optional<std::uint32_t>>, FailureGroup> failures;
  std::uint64_t otherFailures = 0;
  std::map<std::pair<RelatedSource, std::uint16_t>, RelatedGroup> relatedEvents;

  static constexpr std::size_t mostGroups = 1000;
};

ScannedFile scanFile(std::string name, SavedLog&, const ScanWindow&,
                     const ReportProgress& progress = {});

}  // namespace imshealth
