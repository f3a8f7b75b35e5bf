// Both shapes of 1008, and any other event, in the form of EVENTLOGRECORD. Never by level,
// qualifiers or text: by the order and the types of the values alone.
#include "config/ascii.h"
#include "core/winevt_reader.h"

#include <optional>
#include <string>
#include <utility>

namespace imshealth {
namespace {

using Bytes = std::vector<std::uint8_t>;

std::optional<std::uint64_t> numberIn(const WinevtValue& value) {
  if (const auto* number = std::get_if<std::uint64_t>(&value))
    return *number;
  const auto* text = std::get_if<std::string>(&value);
  if (!text || text->empty() || text->size() > 9)
    return std::nullopt;
  std::uint64_t number = 0;
  for (const char c : *text) {
    if (c < '0' || c > '9')
      return std::nullopt;
    number = number * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return number;
}

std::optional<std::uint8_t> hexDigit(char c) {
  if (c >= '0' && c <= '9')
    return static_cast<std::uint8_t>(c - '0');
  const char lower = asciiLower(c);
  if (lower >= 'a' && lower <= 'f')
    return static_cast<std::uint8_t>(lower - 'a' + 10);
  return std::nullopt;
}

std::optional<Bytes> bytesIn(const WinevtValue& value) {
  if (const auto* bytes = std::get_if<Bytes>(&value))
    return *bytes;
  if (std::holds_alternative<std::monostate>(value))
    return Bytes{};
  const auto* text = std::get_if<std::string>(&value);
  if (!text || text->size() % 2 != 0)
    return std::nullopt;
  Bytes bytes;
  for (std::size_t i = 0; i < text->size(); i += 2) {
    const auto high = hexDigit((*text)[i]);
    const auto low = hexDigit((*text)[i + 1]);
    if (!high || !low)
      return std::nullopt;
    bytes.push_back(static_cast<std::uint8_t>(*high << 4 | *low));
  }
  return bytes;
}

/// UserData/EventXML ends in binaryDataSize and binaryData; classic EventData may end in Binary.
std::optional<std::pair<std::size_t, Bytes>> trailingData(const std::vector<WinevtValue>& values) {
  if (values.empty())
    return std::nullopt;
  const WinevtValue& last = values.back();
  if (values.size() >= 2) {
    const auto size = numberIn(values[values.size() - 2]);
    auto bytes = bytesIn(last);
    if (size && bytes && *size == bytes->size())
      return std::pair(values.size() - 2, std::move(*bytes));
  }
  if (const auto* bytes = std::get_if<Bytes>(&last))
    return std::pair(values.size() - 1, *bytes);
  const auto* size = std::get_if<std::uint64_t>(&last);
  if (size && *size == 0)  // binaryDataSize 0 without binaryData; no Win32Error of a failure is 0
    return std::pair(values.size() - 1, Bytes{});
  return std::nullopt;
}

std::string textOf(const WinevtValue& value) {
  if (const auto* text = std::get_if<std::string>(&value))
    return *text;
  if (const auto* number = std::get_if<std::uint64_t>(&value))
    return std::to_string(*number);
  return {};
}

EventType typeOf(std::uint8_t level) {
  switch (level) {
    case 1:
    case 2: return EventType::error;
    case 3: return EventType::warning;
    default: return EventType::information;
  }
}

}  // namespace

LogEvent toLogEvent(const WinevtRecord& record) {
  LogEvent event;
  event.recordNumber = record.recordId;
  event.timeGenerated = record.timeCreated;
  event.timeWritten = record.timeCreated;
  event.eventId = static_cast<std::uint32_t>(record.qualifiers) << 16 | record.eventId;
  event.type = typeOf(record.level);
  event.source = record.provider;

  std::size_t strings = record.values.size();
  if (auto data = trailingData(record.values)) {
    strings = data->first;
    event.data = std::move(data->second);
  } else if (strings != 0) {
    // Manifest form: the last of the named values is Win32Error, a 32-bit number.
    if (const auto* number = std::get_if<std::uint64_t>(&record.values.back())) {
      for (int shift = 0; shift < 32; shift += 8)
        event.data.push_back(static_cast<std::uint8_t>(*number >> shift));
    }
  }
  for (std::size_t i = 0; i < strings; ++i)
    event.strings.push_back(textOf(record.values[i]));
  return event;
}

std::string_view winevtQuery() {
  return "*[System[Provider[@Name='Perflib' or @Name='Microsoft-Windows-Perflib' or "
         "@Name='LoadPerf' or @Name='Microsoft-Windows-LoadPerf'] or "
         "(Provider[@Name='ImsHealth'] and (EventID=900))]]";
}

}  // namespace imshealth
