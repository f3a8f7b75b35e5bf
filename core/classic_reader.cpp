#include "core/classic_reader.h"

#include "core/evt_record.h"
#include "core/record_number.h"
#include "core/win32_codes.h"

#include <algorithm>
#include <utility>

namespace imshealth {
namespace {

/// Opening and judging settle within a few steps; a log that does not is an error like any other.
constexpr int mostSteps = 12;
/// Stands in Cursor::hash for a record whose bytes were never seen: it matches any.
constexpr std::uint64_t unknownHash = 1;

std::uint64_t cursorHash(const EvtRecord& record) {
  const std::uint64_t hash = hashOf(record);
  return hash > unknownHash ? hash : hash + 2;
}

}  // namespace

ClassicReader::ClassicReader(ClassicLogApi& api, std::optional<Cursor> saved,
                             std::int64_t lookBackStart)
    : api_(api),
      cursor_(whereToBegin(saved, "classic", lookBackStart)),
      buffer_(bufferSize),
      error_(ErrorKind::unavailable, "", 0, "") {}

ClassicReader::~ClassicReader() {
  closeLog();
}

Result<Delivery> ClassicReader::read() {
  Delivery delivery;
  tailRetries_ = 0;
  seekEnds_ = 0;
  for (int step = 0; step < mostSteps; ++step) {
    const Step result = advance(delivery);
    if (result == Step::again)
      continue;
    if (result == Step::failed) {
      if (delivery.losses.empty() && delivery.events.empty())
        return error_;
      delivery.more = true;  // what has been learnt is delivered first; the error comes again
    }
    delivery.cursor = cursor_;
    return delivery;
  }
  closeLog();
  if (!delivery.losses.empty() || !delivery.events.empty()) {
    delivery.cursor = cursor_;
    delivery.more = true;
    return delivery;
  }
  return Error(ErrorKind::unavailable, "ReadEventLog", 0,
               "the log changes faster than it can be judged");
}

ClassicReader::Step ClassicReader::advance(Delivery& delivery) {
  if (!open_) {
    if (const std::uint32_t error = api_.open(); error != 0)
      return fail("OpenEventLog", error);
    open_ = true;
    positioned_ = false;
    verify_ = false;
  }
  return positioned_ ? readOn(delivery) : position(delivery);
}

/// Called on a fresh handle, whose first sequential read begins at the oldest record.
ClassicReader::Step ClassicReader::position(Delivery& delivery) {
  const auto log = range();
  if (!log)
    return Step::failed;
  positioned_ = true;
  noteOldest(*log);
  const bool told = !told_.empty();
  if (!hasRead() || log->count == 0) {
    if (told || hasRead())
      beginEpoch(delivery, told ? told_ : "the log was cleared");
    return Step::again;
  }
  if (recordDistance(lastRead(), log->newest()) < 0) {
    beginEpoch(delivery, told ? told_ : "the log was cleared");
    return Step::again;
  }
  if (recordDistance(lastRead(), log->oldest) > 0) {
    // From Vista on numbers go on after a clear: whether cleared or overwritten (1503 is said of
    // both), what lies between is gone.
    reportGone(log->oldest, delivery);
    return Step::again;
  }
  const bool unseen = cursor_.hash == unknownHash;
  if (unseen && lastRead() == log->newest()) {
    positioned_ = false;  // nothing to stand behind: the record may be one that cannot be read
    return confirmEnd(delivery);
  }
  verify_ = !unseen || seekFails_;  // its hash says whether it is still the same log
  if (seekFails_)
    return Step::again;
  const auto result = api_.readFrom(unseen ? lastRead() + 1 : lastRead(), buffer_);
  // NT 4.0 cannot seek in a log of 2 MB and more (Q177199). Once, 38 may be a clear just before.
  if (result.error == win32::invalidParameter ||
      (result.error == win32::handleEof && seekEnds_++ > 0))
    seekFails_ = true;
  if (result.error == win32::invalidParameter || result.error == win32::handleEof) {
    closeLog();
    return Step::again;
  }
  if (result.error != 0)
    return failedRead(result.error, delivery);
  return taken(result.bytes, delivery);
}

ClassicReader::Step ClassicReader::readOn(Delivery& delivery) {
  const auto result = api_.readNext(buffer_);
  return result.error != 0 ? failedRead(result.error, delivery) : taken(result.bytes, delivery);
}

ClassicReader::Step ClassicReader::taken(std::size_t bytes, Delivery& delivery) {
  const std::span<const std::uint8_t> records(buffer_.data(), std::min(bytes, buffer_.size()));
  switch (take(records, delivery)) {
    case Taken::all: break;
    case Taken::otherLog:
      beginEpoch(delivery, told_.empty() ? "the log was cleared or replaced" : told_);
      closeLog();
      return Step::again;
    case Taken::unreadable: return skipUnreadable(delivery);
  }
  told_.clear();
  if (bytes == 0)
    return confirmEnd(delivery);
  delivery.more = true;
  return Step::done;
}

/// Delivers what is new among whole records.
ClassicReader::Taken ClassicReader::take(std::span<const std::uint8_t> bytes, Delivery& delivery) {
  while (!bytes.empty()) {
    const auto head = headOfEvtRecord(bytes);
    if (!head || head->length > bytes.size())
      return Taken::unreadable;
    EvtRecord raw;  // a damaged record still has a number and an identity
    raw.bytes = bytes.first(head->length);
    const std::uint64_t hash = cursorHash(raw);
    const std::int32_t distance = recordDistance(lastRead(), head->number);
    const auto record = checkEvtRecord(raw.bytes);
    bytes = bytes.subspan(head->length);

    if (verify_) {
      if (distance < 0)
        continue;
      if (distance > 0 || (hash != cursor_.hash && cursor_.hash != unknownHash))
        return Taken::otherLog;
      verify_ = false;
      continue;
    }
    if (hasRead()) {
      if (distance <= 0)
        continue;
      reportOverwritten(head->number, delivery);
    }
    cursor_.recordNumber = head->number;
    cursor_.hash = hash;
    reopened_ = 0;
    corruptReported_ = false;
    if (!record) {
      reportDamaged(head->number, delivery);
      continue;
    }
    LogEvent event = decodeEvtRecord(*record);
    event.epoch = cursor_.epoch;
    cursor_.timeGenerated = event.timeGenerated;
    cursor_.timeWritten = event.timeWritten;
    cursor_.source = event.source;
    cursor_.code = event.code();
    if (!isLeftOut(event.timeWritten, event.recordNumber, cursor_))
      delivery.events.push_back(std::move(event));
  }
  return Taken::all;
}

/// A length that leads nowhere: what follows in the log cannot be found, so reading goes on behind
/// the newest record. Retrying would block all later records for ever.
ClassicReader::Step ClassicReader::skipUnreadable(Delivery& delivery) {
  const auto log = range();
  if (!log)
    return Step::failed;
  const bool known = hasRead();
  if (known && lastRead() == log->newest())
    return fail("ReadEventLog", win32::invalidData);
  delivery.losses.push_back({known ? lastRead() + 1 : log->oldest, log->newest(),
                             "the log service returned records that cannot be read"});
  cursor_.recordNumber = log->newest();
  cursor_.hash = unknownHash;
  closeLog();
  return Step::again;
}

/// End of file is also what a read gets when a clear finished just before it (Event Log
/// Operations).
ClassicReader::Step ClassicReader::confirmEnd(Delivery& delivery) {
  const auto log = range();
  if (!log)
    return Step::failed;
  const bool wentBack =
      oldestSeen_ && log->count != 0 && recordDistance(*oldestSeen_, log->oldest) < 0;
  const bool atEnd = log->count == 0 ? !hasRead() : hasRead() && lastRead() == log->newest();
  if (atEnd && !wentBack && !verify_) {
    cursor_.newestSeen = log->count == 0 ? 0 : log->newest();
    noteOldest(*log);
    cursor_.from = 0;
    cursor_.fromRecord = 0;
    told_.clear();
    reopened_ = 0;
    corruptReported_ = false;
    delivery.more = false;
    return Step::done;
  }
  if (verify_ && !wentBack) {
    // Read from the oldest to the end without meeting the cursor's record.
    beginEpoch(delivery, told_.empty() ? "the log was cleared or replaced" : told_);
    closeLog();
    return Step::again;
  }
  const bool onlyBehind =
      log->count != 0 && !wentBack && (!hasRead() || recordDistance(lastRead(), log->newest()) > 0);
  if (onlyBehind && tailRetries_++ == 0)
    return Step::again;  // written between the read and the question
  closeLog();
  return Step::again;
}

ClassicReader::Step ClassicReader::failedRead(std::uint32_t error, Delivery& delivery) {
  switch (error) {
    case win32::handleEof: return confirmEnd(delivery);
    case win32::invalidParameter:
      seekFails_ = true;
      closeLog();
      return reopened_++ == 0 ? Step::again : fail("ReadEventLog", error);
    case win32::invalidHandle:
      closeLog();
      return reopened_++ == 0 ? Step::again : fail("ReadEventLog", error);
    case win32::eventLogFileChanged:
      told_ = "the log was cleared";
      closeLog();
      return reopened_++ == 0 ? Step::again : fail("ReadEventLog", error);
    case win32::eventLogFileCorrupt:
      if (!std::exchange(corruptReported_, true))
        delivery.losses.push_back({0, 0, "the log file is corrupt"});
      closeLog();
      return reopened_++ == 0 ? Step::again : fail("ReadEventLog", error);
    default: return fail("ReadEventLog", error);
  }
}

ClassicReader::Step ClassicReader::fail(const char* call, std::uint32_t error) {
  closeLog();
  error_ = win32::eventLogError(call, error);
  return Step::failed;
}

/// Two calls, no snapshot: asked again until the oldest has stayed the same.
std::optional<ClassicReader::Range> ClassicReader::range() {
  Range log;
  for (int attempt = 0; attempt < 4; ++attempt) {
    const auto before = api_.oldest();
    const auto count = api_.count();
    if (count.error == 0 && count.value == 0)
      return Range{};
    const auto after = api_.oldest();
    if (const auto error = before.error ? before.error : count.error ? count.error : after.error) {
      fail(count.error && !before.error ? "GetNumberOfEventLogRecords" : "GetOldestEventLogRecord",
           error);
      return std::nullopt;
    }
    log = {after.value, count.value};
    if (before.value == after.value)
      break;
  }
  return log;
}

void ClassicReader::noteOldest(const Range& log) {
  if (log.count != 0)
    oldestSeen_ = log.oldest;
  else
    oldestSeen_.reset();
}

void ClassicReader::beginEpoch(Delivery& delivery, std::string reason) {
  delivery.losses.push_back({0, 0, std::move(reason)});
  Cursor fresh;
  fresh.epoch = cursor_.epoch + 1;
  fresh.api = "classic";
  cursor_ = std::move(fresh);
  verify_ = false;
  told_.clear();
  oldestSeen_.reset();
}

/// Everything that had been read is gone from the log, `next` is the first one that is there.
void ClassicReader::reportGone(std::uint32_t next, Delivery& delivery) {
  const bool toldBefore = cursor_.hash == unknownHash && told_.empty();
  if (recordDistance(lastRead(), next) == 1 && !toldBefore)
    delivery.losses.push_back({0, 0, "the log was cleared"});
  reportOverwritten(next, delivery);
  told_.clear();
}

/// Records between the last one read and `next`, the first one that is still there.
void ClassicReader::reportOverwritten(std::uint32_t next, Delivery& delivery) {
  if (recordDistance(lastRead(), next) > 1)
    delivery.losses.push_back(
        {lastRead() + 1, next - 1, "records were overwritten or cleared before they were read"});
  // What is not there any more counts as passed, so that it is told once.
  cursor_.recordNumber = next - 1;
  cursor_.hash = unknownHash;
}

/// Neighbours are told together.
void ClassicReader::reportDamaged(std::uint32_t number, Delivery& delivery) {
  constexpr const char* reason = "the record is damaged";
  if (!delivery.losses.empty()) {
    Loss& last = delivery.losses.back();
    if (last.reason == reason && static_cast<std::uint32_t>(last.toRecord) + 1 == number) {
      last.toRecord = number;
      return;
    }
  }
  delivery.losses.push_back({number, number, reason});
}

void ClassicReader::closeLog() {
  if (std::exchange(open_, false))
    api_.close();
}

}  // namespace imshealth
