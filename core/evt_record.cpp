#include "core/evt_record.h"

#include "config/ascii.h"
#include "core/little_endian.h"
#include "core/utf16.h"

#include <bit>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace imshealth {
namespace {

// Offsets of EVENTLOGRECORD.
constexpr std::size_t numberAt = 8;
constexpr std::size_t timeGeneratedAt = 12;
constexpr std::size_t timeWrittenAt = 16;
constexpr std::size_t eventIdAt = 20;
constexpr std::size_t typeAt = 24;
constexpr std::size_t stringCountAt = 26;
constexpr std::size_t stringOffsetAt = 36;
constexpr std::size_t sidLengthAt = 40;
constexpr std::size_t sidOffsetAt = 44;
constexpr std::size_t dataLengthAt = 48;
constexpr std::size_t dataOffsetAt = 52;

// Most of the time of a scan goes into looking for the ends of texts: eight UTF-16 units at once
// where the processor can, else four.
#if defined(__SSE2__)
constexpr std::size_t unitsAtOnce = 8;

/// One bit for each unit that is zero; the bit's number is the unit's byte offset.
unsigned zeroUnits(const std::uint8_t* at) {
  const __m128i units = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
  const __m128i zeros = _mm_cmpeq_epi16(units, _mm_setzero_si128());
  return static_cast<unsigned>(_mm_movemask_epi8(zeros)) & 0x5555u;
}
#else
constexpr std::size_t unitsAtOnce = 4;

unsigned zeroUnits(const std::uint8_t* at) {
  constexpr std::uint64_t low = 0x7FFF'7FFF'7FFF'7FFF;
  const std::uint64_t units = loadU64(at);
  const std::uint64_t highest = ~(((units & low) + low) | units | low);  // bits 15, 31, 47, 63
  return static_cast<unsigned>((highest >> 15 & 1) | (highest >> 29 & 4) | (highest >> 43 & 16) |
                               (highest >> 57 & 64));
}
#endif

/// The `count`-th terminator at or behind `from` is at this offset; nothing: fewer before `end`.
std::optional<std::size_t> findTerminator(const std::uint8_t* record, std::size_t from,
                                          std::size_t end, unsigned count) {
  std::size_t at = from;
  for (; at + 2 * unitsAtOnce <= end; at += 2 * unitsAtOnce) {
    for (unsigned zeros = zeroUnits(record + at); zeros != 0; zeros &= zeros - 1) {
      if (--count == 0)
        return at + static_cast<unsigned>(std::countr_zero(zeros));
    }
  }
  for (; at + 2 <= end; at += 2) {
    if (record[at] == 0 && record[at + 1] == 0 && --count == 0)
      return at;
  }
  return std::nullopt;
}

bool liesWithin(std::uint32_t offset, std::uint32_t length, std::size_t end) {
  return length == 0 || (offset >= evtFixedPart && offset <= end && length <= end - offset);
}

}  // namespace

std::optional<EvtRecordHead> headOfEvtRecord(std::span<const std::uint8_t> bytes) {
  if (bytes.size() < numberAt + 4 || loadU32(bytes.data() + 4) != evtSignature)
    return std::nullopt;
  const std::uint32_t length = loadU32(bytes.data());
  if (length < evtShortestRecord || length > evtLongestRecord || length % 4 != 0)
    return std::nullopt;
  return EvtRecordHead{length, loadU32(bytes.data() + numberAt)};
}

std::optional<EvtRecord> checkEvtRecord(std::span<const std::uint8_t> bytes) {
  const auto head = headOfEvtRecord(bytes);
  if (!head || head->length > bytes.size())
    return std::nullopt;
  const std::uint8_t* at = bytes.data();
  const std::size_t end = head->length - 4;
  if (loadU32(at + end) != head->length)
    return std::nullopt;
  if (!liesWithin(loadU32(at + sidOffsetAt), loadU32(at + sidLengthAt), end) ||
      !liesWithin(loadU32(at + dataOffsetAt), loadU32(at + dataLengthAt), end))
    return std::nullopt;

  const auto sourceEnd = findTerminator(at, evtFixedPart, end, 1);
  if (!sourceEnd || !findTerminator(at, *sourceEnd + 2, end, 1))
    return std::nullopt;
  if (const std::uint16_t strings = loadU16(at + stringCountAt); strings != 0) {
    const std::uint32_t offset = loadU32(at + stringOffsetAt);
    if (offset < evtFixedPart || offset > end || !findTerminator(at, offset, end, strings))
      return std::nullopt;
  }
  EvtRecord record;
  record.bytes = bytes.first(head->length);
  record.source = bytes.subspan(evtFixedPart, *sourceEnd - evtFixedPart);
  record.number = head->number;
  record.timeGenerated = loadU32(at + timeGeneratedAt);
  record.timeWritten = loadU32(at + timeWrittenAt);
  record.eventId = loadU32(at + eventIdAt);
  return record;
}

bool hasSource(const EvtRecord& record, std::string_view ascii) {
  if (record.source.size() != 2 * ascii.size())
    return false;
  for (std::size_t i = 0; i < ascii.size(); ++i) {
    if (record.source[2 * i + 1] != 0 ||
        asciiLower(static_cast<char>(record.source[2 * i])) != asciiLower(ascii[i]))
      return false;
  }
  return true;
}

LogEvent decodeEvtRecord(const EvtRecord& record) {
  const std::uint8_t* at = record.bytes.data();
  LogEvent event;
  event.recordNumber = record.number;
  event.timeGenerated = record.timeGenerated;
  event.timeWritten = record.timeWritten;
  event.eventId = record.eventId;
  event.type = static_cast<EventType>(loadU16(at + typeAt));
  event.source = utf8FromUtf16(record.source);

  const std::size_t end = record.bytes.size() - 4;
  const std::uint16_t strings = loadU16(at + stringCountAt);
  event.strings.reserve(strings);
  // Asked again, as below: in a mapped file somebody may have written since the check.
  std::size_t from = loadU32(at + stringOffsetAt);
  for (unsigned i = 0; i < strings && from <= end; ++i) {
    const auto to = findTerminator(at, from, end, 1);
    if (!to)
      break;
    event.strings.push_back(utf8FromUtf16(record.bytes.subspan(from, *to - from)));
    from = *to + 2;
  }
  const std::uint32_t dataLength = loadU32(at + dataLengthAt);
  const std::uint32_t dataOffset = loadU32(at + dataOffsetAt);
  if (dataLength != 0 && liesWithin(dataOffset, dataLength, end)) {
    const auto data = record.bytes.subspan(dataOffset, dataLength);
    event.data.assign(data.begin(), data.end());
  }
  return event;
}

std::uint64_t hashOf(const EvtRecord& record) {
  std::uint64_t hash = 0xCBF2'9CE4'8422'2325;
  for (const std::uint8_t byte : record.bytes) {
    hash ^= byte;
    hash *= 0x100'0000'01B3;
  }
  return hash;
}

}  // namespace imshealth
