#include "core/evtx_file.h"

#include "core/little_endian.h"
#include "core/match.h"
#include "core/win32_codes.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <utility>

namespace imshealth {
namespace {

constexpr std::uint64_t recordsPerReport = 1 << 10;
constexpr unsigned mostTooLargeInARow = 64;  ///< then it is no matter of single events
constexpr std::uint64_t mostRecords = std::numeric_limits<SavedPlace>::max();

class Record : public SavedRecord {
 public:
  explicit Record(const LogEvent& event) : event_(event) {}

  bool isFromPerflib() const override { return imshealth::isFromPerflib(event_); }
  bool isFromLoadPerf() const override { return imshealth::isFromLoadPerf(event_); }
  std::uint16_t code() const override { return event_.code(); }
  std::int64_t timeGenerated() const override { return event_.timeGenerated; }
  LogEvent decode() const override { return event_; }

 private:
  const LogEvent& event_;
};

/// Errors of EvtRender that say nothing about the record: the next one would fail as well.
bool isOutage(std::uint32_t error) {
  return error == win32::accessDenied || error == win32::invalidHandle ||
         error == win32::notEnoughMemory || error == win32::outOfMemory ||
         error == win32::noSystemResources || error == win32::commitmentLimit ||
         error == win32::rpcUnknownInterface || error == win32::rpcServerUnavailable ||
         error == win32::rpcCallCancelled;
}

/// Of EvtSeek to the place behind the last event.
bool isBehindTheEnd(std::uint32_t error) {
  return error == win32::notFound || error == win32::noMoreItems ||
         error == win32::evtQueryResultInvalidPosition;
}

/// Numbers as the log gave them. A log saved through a filter has gaps everywhere.
class Numbers {
 public:
  explicit Numbers(EvtFileSummary& summary) : summary_(summary) {}

  void note(std::uint64_t number) {
    const std::uint64_t expected = last_ + 1 + unknown_;
    if (any_ && number != expected) {
      ++summary_.gaps;
      summary_.missing += number > expected ? number - expected : 0;
    }
    any_ = true;
    last_ = number;
    unknown_ = 0;
  }
  void noteUnknown() { ++unknown_; }

 private:
  EvtFileSummary& summary_;
  bool any_ = false;
  std::uint64_t last_ = 0;
  std::uint64_t unknown_ = 0;  ///< records since whose number could not be had
};

}  // namespace

std::optional<EvtxHeader> EvtxHeader::of(std::span<const std::uint8_t> beginning) {
  constexpr char signature[] = "ElfFile";
  constexpr std::size_t flagsAt = 120;
  constexpr std::uint32_t flagDirty = 1;
  if (beginning.size() < sizeof signature ||
      std::memcmp(beginning.data(), signature, sizeof signature) != 0) {
    return std::nullopt;
  }
  return EvtxHeader{beginning.size() >= size &&
                    (loadU32(beginning.data() + flagsAt) & flagDirty) != 0};
}

Error evtxNeedsWindows() {
  return Error(ErrorKind::unsupported, "", 0,
               "this is an .evtx log; only Windows Vista and later can read it");
}

Result<std::unique_ptr<EvtxFile>> EvtxFile::open(std::string name, const EvtxHeader& header,
                                                 std::unique_ptr<EvtxApi> api) {
  std::unique_ptr<EvtxFile> file(new EvtxFile(std::move(name), header, std::move(api)));
  if (const auto error = file->api_->query()) {
    return file->errorOf("EvtQuery", error);
  }
  return file;
}

/// `take(place, event of the batch)` gives an error of EvtRender that ends the walk, or noMoreItems
/// where it has seen enough. `passOver()`: an event that cannot be had.
template <class Take, class PassOver>
std::optional<Error> EvtxFile::walk(Take take, PassOver passOver) {
  if (!std::exchange(fresh_, false)) {
    if (const auto error = api_->query()) {
      return errorOf("EvtQuery", error);
    }
  }
  unsigned batch = batchSize;
  unsigned tooLargeInARow = 0;
  for (std::uint64_t place = 0; place < mostRecords;) {
    const auto [error, count] = api_->next(batch);
    if (error == win32::noMoreItems || (error == 0 && count == 0)) {
      return std::nullopt;
    }
    if (error == win32::rpcInvalidBound && tooLargeInARow < mostTooLargeInARow) {
      // Too large for one answer, and the read position has moved all the same.
      const bool isOneEvent = batch == 1;
      if (isOneEvent) {
        passOver();
        ++place;
        ++tooLargeInARow;
      }
      batch = isOneEvent ? batchSize : batch / 2;
      const auto sought = api_->seek(place);
      if (isOneEvent && isBehindTheEnd(sought)) {
        return std::nullopt;  // it was the last one
      }
      if (sought != 0) {
        return errorOf("EvtSeek", sought);
      }
      continue;
    }
    if (error != 0) {
      return errorOf("EvtNext", error);
    }
    tooLargeInARow = 0;
    for (unsigned i = 0; i < count && place < mostRecords; ++i, ++place) {
      const std::uint32_t ended = take(static_cast<SavedPlace>(place), i);
      if (ended == win32::noMoreItems) {
        return std::nullopt;
      }
      if (ended != 0) {
        return errorOf("EvtRender", ended);
      }
    }
  }
  return Error(ErrorKind::unsupported, name_, 0, "there are too many records");
}

WinevtRecord EvtxFile::render(unsigned event) {
  WinevtRecord record = api_->renderSystem(event);
  if (record.error == 0) {
    LogEvent head;
    head.source = record.provider;
    if (isFromPerflib(head) || isFromLoadPerf(head)) {
      api_->renderValues(event, record);
    }
  }
  return record;
}

SavedReading EvtxFile::read(SavedLogVisitor& visitor, const ReportProgress& report) {
  SavedReading reading;
  EvtFileSummary& summary = reading.summary;
  summary.dirty = header_.dirty;
  summary.endKnown = true;  // as Windows says
  Numbers numbers(summary);
  const auto total = report ? api_->count() : std::nullopt;
  const auto passOver = [&] {
    ++summary.damaged;
    numbers.noteUnknown();
  };
  const auto take = [&](SavedPlace place, unsigned event) -> std::uint32_t {
    const WinevtRecord record = render(event);
    if (record.error != 0) {
      if (isOutage(record.error)) {
        return record.error;
      }
      passOver();
      return 0;
    }
    numbers.note(record.recordId);
    if (++summary.records % recordsPerReport == 0 && report) {
      ReadingProgress progress{summary.records, std::nullopt};
      if (total && *total != 0) {
        progress.percent =
            static_cast<unsigned>(std::min<std::uint64_t>(100, 100 * (place + 1ull) / *total));
      }
      report(progress);
    }
    visitor.onRecord(Record(toLogEvent(record)), place);
    return 0;
  };
  reading.brokenOff = walk(take, passOver);
  return reading;
}

std::optional<Error> EvtxFile::decode(std::span<const SavedPlace> places,
                                      const std::function<void(const LogEvent&)>& use) {
  if (places.empty()) {
    return std::nullopt;
  }
  auto wanted = places.begin();
  const auto take = [&](SavedPlace place, unsigned event) -> std::uint32_t {
    if (place != *wanted) {
      return 0;
    }
    const WinevtRecord record = render(event);
    if (record.error != 0) {
      return record.error;
    }
    use(toLogEvent(record));
    return ++wanted == places.end() ? win32::noMoreItems : 0;
  };
  auto error = walk(take, [] {});
  if (!error && wanted != places.end()) {
    error = Error(ErrorKind::corrupt, name_, 0, "the file has changed while it was read");
  }
  return error;
}

Error EvtxFile::errorOf(const char* call, std::uint32_t code) const {
  const auto error = [&](ErrorKind kind, const char* text) {
    return Error(kind, name_, code, std::string(call) + ": " + text);
  };
  switch (code) {
    case win32::fileNotFound:
    case win32::pathNotFound:
    case win32::evtChannelNotFound:
      return error(ErrorKind::missing, "the event log service does not find the file");
    case win32::accessDenied: return error(ErrorKind::accessDenied, "access to the file is denied");
    case win32::sharingViolation: return error(ErrorKind::inUse, "the file is in use");
    case win32::invalidData:
    case win32::eventLogFileCorrupt:
      return error(ErrorKind::corrupt, "the file is damaged, or no event log");
    case win32::notEnoughMemory:
    case win32::outOfMemory:
    case win32::noSystemResources:
    case win32::commitmentLimit: return error(ErrorKind::unavailable, "there is not enough memory");
    default: {
      const Error known = win32::eventLogError(call, code);
      return error(known.kind, known.text.c_str());
    }
  }
}

}  // namespace imshealth
