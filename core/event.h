// One record of an event log, in the same form from every source: EVENTLOGRECORD, EvtRender, .evt
// file.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace imshealth {

enum class EventType : std::uint16_t {
  success = 0,
  error = 1,
  warning = 2,
  information = 4,
  auditSuccess = 8,
  auditFailure = 16,
};

/// Text is UTF-8; lone surrogates have become U+FFFD. Everything in here is hostile: anyone who may
/// log on can write such a record (Platform SDK, Event Logging Security).
struct LogEvent {
  std::uint64_t recordNumber = 0;  ///< 32 bits and wrapping in the classic log, 64 bits in winevt
  std::int64_t timeGenerated = 0;  ///< seconds since 1970, UTC; chosen by the sender
  std::int64_t timeWritten = 0;    ///< seconds since 1970, UTC; set by the log service
  std::uint32_t eventId = 0;       ///< the full 32 bits; compare code() only
  EventType type = EventType::success;
  std::string source;
  std::vector<std::string> strings;  ///< of the manifest form: the values, in order
  std::vector<std::uint8_t> data;    ///< of the manifest form: Win32Error as 4 bytes, little-endian
  std::uint32_t epoch = 0;           ///< as Cursor::epoch where it was read; saved logs have none

  std::uint16_t code() const { return static_cast<std::uint16_t>(eventId & 0xFFFF); }
  bool operator==(const LogEvent&) const = default;
};

}  // namespace imshealth
