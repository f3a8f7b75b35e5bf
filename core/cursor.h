// Where reading has got to in an event log: saved after what was read has been handled, so that
// each record is delivered at least once, and judged again at every start.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace imshealth {

struct Cursor {
  std::uint32_t epoch = 0;  ///< counts clears and replacements of the log
  std::uint64_t recordNumber = 0;
  std::int64_t timeGenerated = 0;
  std::int64_t timeWritten = 0;
  std::string source;
  std::uint16_t code = 0;
  std::uint64_t hash = 0;        ///< of the record at recordNumber; 0: none read yet
  std::uint64_t newestSeen = 0;  ///< newest record of the log, matching or not, when last drained
  std::string bookmark;          ///< winevt: XML of EvtRenderBookmark; empty in the classic log
  std::string api;               ///< "winevt" or "classic": a cursor is not taken over by the other

  bool operator==(const Cursor&) const = default;
};

/// Before every time of an event.
inline constexpr std::int64_t always = std::numeric_limits<std::int64_t>::min();

/// Events written before are left out by the reader of `api`: none where the cursor is its own,
/// those before the last event that the other one has read, or before `lookBackStart` where nothing
/// has been read yet. Seconds since 1970, as in the cursor.
inline std::int64_t whereToBegin(const std::optional<Cursor>& saved, std::string_view api,
                                 std::int64_t lookBackStart) {
  if (saved && saved->api == api)
    return always;
  return saved && !saved->api.empty() && saved->timeWritten != 0 ? saved->timeWritten
                                                                 : lookBackStart;
}

}  // namespace imshealth
