// Any bytes as an EVENTLOGRECORD: no read outside them, and what is accepted is a whole record.
#include "core/evt_record.h"
#include "core/match.h"

#include <cstdlib>
#include <vector>

namespace {

using namespace imshealth;

void require(bool holds) {
  if (!holds)
    std::abort();
}

/// The length and its copy repaired, so that the checks behind them are reached.
std::vector<std::uint8_t> framed(std::span<const std::uint8_t> bytes) {
  std::vector<std::uint8_t> record(bytes.begin(), bytes.end());
  record.resize(record.size() / 4 * 4);
  const auto put = [&](std::size_t at, std::size_t value) {
    for (std::size_t i = 0; i < 4; ++i)
      record[at + i] = static_cast<std::uint8_t>(value >> (8 * i));
  };
  if (record.size() >= evtShortestRecord) {
    put(0, record.size());
    put(4, evtSignature);
    put(record.size() - 4, record.size());
  }
  return record;
}

void check(std::span<const std::uint8_t> bytes) {
  const auto head = headOfEvtRecord(bytes);
  const auto record = checkEvtRecord(bytes);
  require(!record || head);
  if (!record)
    return;
  require(record->bytes.size() == head->length && head->length <= bytes.size());
  const LogEvent event = decodeEvtRecord(*record);
  require(event.recordNumber == head->number);
  require(hasSource(*record, "Perflib") == (event.source.size() == 7 && isFromPerflib(event)));
  statusOf(event);
  hashOf(*record);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  check({data, size});
  check(framed({data, size}));
  return 0;
}
