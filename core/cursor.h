// Where reading has got to in an event log: saved after what was read has been handled, so that
// each record is delivered at least once, and judged again at every start.
#pragma once

#include <cstdint>
#include <string>

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

}  // namespace imshealth
