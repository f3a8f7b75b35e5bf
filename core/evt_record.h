// One EVENTLOGRECORD, as ReadEventLog returns it and as a saved .evt file holds it. The bytes are
// hostile: nothing is used before it has been checked against the record's own bounds.
#pragma once

#include "core/event.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace imshealth {

inline constexpr std::uint32_t evtSignature = 0x654C664C;  ///< "LfLe"
inline constexpr std::size_t evtFixedPart = 56;            ///< bytes before the source name
inline constexpr std::size_t evtShortestRecord = 0x3C;    ///< fixed part and the copy of the length
inline constexpr std::size_t evtLongestRecord = 0x3FFFF;  ///< Event Data, remarks

/// A checked record: a view of bytes that belong to somebody else.
struct EvtRecord {
  std::span<const std::uint8_t> bytes;   ///< the whole record
  std::span<const std::uint8_t> source;  ///< UTF-16LE without the terminator
  std::uint32_t number = 0;
  std::uint32_t timeGenerated = 0;
  std::uint32_t timeWritten = 0;
  std::uint32_t eventId = 0;

  std::uint16_t code() const { return static_cast<std::uint16_t>(eventId & 0xFFFF); }
};

/// What the first bytes say about a record; none of it is proven yet.
struct EvtRecordHead {
  std::uint32_t length = 0;
  std::uint32_t number = 0;
};

/// Signature and length are those of a record. `bytes` may be shorter than the record.
std::optional<EvtRecordHead> headOfEvtRecord(std::span<const std::uint8_t> bytes);

/// The record at the beginning of `bytes` (which may go on behind it), or nothing where a length,
/// an offset, a terminator or the copy of the length at its end is wrong. Offsets of what has
/// length or count 0 are not looked at; real records have them point anywhere.
std::optional<EvtRecord> checkEvtRecord(std::span<const std::uint8_t> bytes);

/// Without decoding: is it this source? `ascii` is compared without regard to ASCII case.
bool hasSource(const EvtRecord&, std::string_view ascii);

/// Of a record from checkEvtRecord, while its bytes are there. In a mapped file they may have
/// changed since: then strings or data are missing, but nothing outside of the record is read.
LogEvent decodeEvtRecord(const EvtRecord&);

/// FNV-1a of all its bytes: tells a record from another one of the same number after a clear.
std::uint64_t hashOf(const EvtRecord&);

}  // namespace imshealth
