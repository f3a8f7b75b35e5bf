// Where reading has got to in an event log: saved after what was read has been handled, so that
// each record is delivered at least once, and judged again at every start.
#pragma once

#include "core/record_number.h"

#include <cstdint>
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
  /// Events written before are left out, until the first end of the log; 0: none are.
  std::int64_t from = 0;
  std::uint64_t fromRecord = 0;  ///< written at `from`, they are up to this one; 0: none are

  bool operator==(const Cursor&) const = default;
};

/// Is the event left out, as one before `from`? Both interfaces number the records of a log alike,
/// the classic one with 32 bits.
inline bool isLeftOut(std::int64_t timeWritten, std::uint64_t recordNumber, const Cursor& begin) {
  if (begin.from == 0)
    return false;
  if (timeWritten != begin.from)
    return timeWritten < begin.from;
  return begin.fromRecord != 0 && recordDistance(static_cast<std::uint32_t>(begin.fromRecord),
                                                 static_cast<std::uint32_t>(recordNumber)) <= 0;
}

/// Where the reader of `api` begins: at its own cursor, else behind the last event that the other
/// one has read, or at `lookBackStart` where nothing has been read yet. Seconds since 1970, as in
/// the cursor. The other one's epoch is over: that the log is still the same one cannot be told.
inline Cursor whereToBegin(const std::optional<Cursor>& saved, std::string_view api,
                           std::int64_t lookBackStart) {
  if (saved && saved->api == api)
    return *saved;
  Cursor begin;
  begin.api = api;
  begin.from = lookBackStart;
  if (!saved || saved->api.empty())
    return begin;
  begin.epoch = saved->epoch + 1;
  if (saved->timeWritten != 0 && !isLeftOut(saved->timeWritten, saved->recordNumber, *saved)) {
    begin.from = saved->timeWritten;
    begin.fromRecord = saved->recordNumber;
  } else if (saved->from != 0) {
    begin.from = saved->from;
    begin.fromRecord = saved->fromRecord;
  }
  return begin;
}

}  // namespace imshealth
