// EVENTLOGRECORDs as the log service writes them, from readable parts.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace imshealth::test {

using Bytes = std::vector<std::uint8_t>;

inline void put16(Bytes& bytes, std::uint32_t value) {
  bytes.push_back(static_cast<std::uint8_t>(value));
  bytes.push_back(static_cast<std::uint8_t>(value >> 8));
}

inline void put32(Bytes& bytes, std::uint32_t value) {
  put16(bytes, value & 0xFFFF);
  put16(bytes, value >> 16);
}

inline void patch32(Bytes& bytes, std::size_t at, std::uint32_t value) {
  for (std::size_t i = 0; i < 4; ++i) {
    bytes.at(at + i) = static_cast<std::uint8_t>(value >> (8 * i));
  }
}

inline void putText(Bytes& bytes, std::u16string_view text) {
  for (const char16_t unit : text) {
    put16(bytes, unit);
  }
  put16(bytes, 0);
}

struct RecordParts {
  std::uint32_t number = 1;
  std::uint32_t timeGenerated = 1000;
  std::uint32_t timeWritten = 1000;
  std::uint32_t eventId = 0xC00003F0;
  std::uint16_t type = 1;
  std::u16string source = u"Perflib";
  std::u16string computer = u"EXCH-01";
  std::vector<std::u16string> strings;
  Bytes sid;
  Bytes data;
};

inline Bytes makeRecord(const RecordParts& parts) {
  Bytes tail;  // what follows the fixed part
  putText(tail, parts.source);
  putText(tail, parts.computer);
  while (!parts.sid.empty() && tail.size() % 4 != 0) {
    tail.push_back(0);
  }
  const auto at = [&] { return static_cast<std::uint32_t>(56 + tail.size()); };
  const std::uint32_t sidAt = at();
  tail.insert(tail.end(), parts.sid.begin(), parts.sid.end());
  const std::uint32_t stringsAt = at();
  for (const std::u16string& text : parts.strings) {
    putText(tail, text);
  }
  const std::uint32_t dataAt = at();
  tail.insert(tail.end(), parts.data.begin(), parts.data.end());
  tail.resize(tail.size() + 4 - tail.size() % 4);

  const auto length = static_cast<std::uint32_t>(56 + tail.size() + 4);
  Bytes record;
  put32(record, length);
  put32(record, 0x654C664C);
  put32(record, parts.number);
  put32(record, parts.timeGenerated);
  put32(record, parts.timeWritten);
  put32(record, parts.eventId);
  put16(record, parts.type);
  put16(record, static_cast<std::uint32_t>(parts.strings.size()));
  put32(record, 0);  // category, flags
  put32(record, 0);  // closing record number
  put32(record, stringsAt);
  put32(record, static_cast<std::uint32_t>(parts.sid.size()));
  put32(record, sidAt);
  put32(record, static_cast<std::uint32_t>(parts.data.size()));
  put32(record, dataAt);
  record.insert(record.end(), tail.begin(), tail.end());
  put32(record, length);
  return record;
}

}  // namespace imshealth::test
