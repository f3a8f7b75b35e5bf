#include "core/classic_reader.h"

#include "core/evt_record.h"
#include "core/record_number.h"
#include "core/win32_codes.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace imshealth {
namespace {

constexpr std::int64_t always = std::numeric_limits<std::int64_t>::min();
/// Opening and judging settle within a few steps; a log that does not is an error like any other.
constexpr int mostSteps = 12;
/// Stands in Cursor::hash for a record whose bytes were never seen: it matches any.
constexpr std::uint64_t unknownHash = 1;

std::uint64_t cursorHash(const EvtRecord& record) {
  const std::uint64_t hash = hashOf(record);
  return hash > unknownHash ? hash : hash + 2;
}

std::int64_t whereToBegin(const std::optional<Cursor>& saved, std::int64_t lookBackStart) {
  if (!saved)
    return lookBackStart;
  if (saved->api == "classic")
    return always;
  return saved->timeWritten != 0 ? saved->timeWritten : lookBackStart;
}

}  // namespace

ClassicReader::ClassicReader(ClassicLogApi& api, std::optional<Cursor> saved,
                             std::int64_t lookBackStart)
    : m_api(api),
      m_buffer(bufferSize),
      m_from(whereToBegin(saved, lookBackStart)),
      m_error(ErrorKind::unavailable, "", 0, "") {
  if (saved && saved->api == "classic")
    m_cursor = std::move(*saved);
  m_cursor.api = "classic";
}

ClassicReader::~ClassicReader() {
  closeLog();
}

Result<Delivery> ClassicReader::read() {
  Delivery delivery;
  m_tailRetries = 0;
  m_reopened = 0;
  for (int step = 0; step < mostSteps; ++step) {
    const Step result = advance(delivery);
    if (result == Step::again)
      continue;
    if (result == Step::failed) {
      if (delivery.losses.empty() && delivery.events.empty())
        return m_error;
      delivery.more = true;  // what has been learnt is delivered first; the error comes again
    }
    delivery.cursor = m_cursor;
    return delivery;
  }
  closeLog();
  if (!delivery.losses.empty() || !delivery.events.empty()) {
    delivery.cursor = m_cursor;
    delivery.more = true;
    return delivery;
  }
  return Error(ErrorKind::unavailable, "ReadEventLog", 0,
               "the log changes faster than it can be judged");
}

ClassicReader::Step ClassicReader::advance(Delivery& delivery) {
  if (!m_open) {
    if (const std::uint32_t error = m_api.open(); error != 0)
      return fail("OpenEventLog", error);
    m_open = true;
    m_positioned = false;
    m_verify = false;
  }
  return m_positioned ? readOn(delivery) : position(delivery);
}

/// Called on a fresh handle, whose first sequential read begins at the oldest record.
ClassicReader::Step ClassicReader::position(Delivery& delivery) {
  const auto log = range();
  if (!log)
    return Step::failed;
  m_positioned = true;
  noteOldest(*log);
  const bool told = !m_told.empty();
  if (!hasRead() || log->count == 0) {
    if (told || hasRead())
      beginEpoch(delivery, told ? m_told : "the log was cleared");
    return Step::again;
  }
  if (recordDistance(lastRead(), log->newest()) < 0) {
    beginEpoch(delivery, told ? m_told : "the log was cleared");
    return Step::again;
  }
  if (recordDistance(lastRead(), log->oldest) > 0) {
    if (told)
      beginEpoch(delivery, m_told);
    else
      reportOverwritten(log->oldest, delivery);
    return Step::again;
  }
  m_verify = true;  // its hash says whether it is still the same log
  if (m_seekFails)
    return Step::again;
  const auto result = m_api.readFrom(lastRead(), m_buffer);
  if (result.error == win32::invalidParameter)
    m_seekFails = true;  // NT 4.0 cannot seek in a log of 2 MB and more (Q177199)
  if (result.error == win32::invalidParameter || result.error == win32::handleEof) {
    closeLog();
    return Step::again;
  }
  if (result.error != 0)
    return failedRead(result.error, delivery);
  return taken(result.bytes, delivery);
}

ClassicReader::Step ClassicReader::readOn(Delivery& delivery) {
  const auto result = m_api.readNext(m_buffer);
  return result.error != 0 ? failedRead(result.error, delivery) : taken(result.bytes, delivery);
}

ClassicReader::Step ClassicReader::taken(std::size_t bytes, Delivery& delivery) {
  m_corruptReported = false;
  const std::span<const std::uint8_t> records(m_buffer.data(), std::min(bytes, m_buffer.size()));
  switch (take(records, delivery)) {
    case Taken::all:
      break;
    case Taken::otherLog:
      beginEpoch(delivery, m_told.empty() ? "the log was cleared or replaced" : m_told);
      closeLog();
      return Step::again;
    case Taken::unreadable:
      return skipUnreadable(delivery);
  }
  m_told.clear();
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

    if (m_verify) {
      if (distance < 0)
        continue;
      if (distance > 0 || (hash != m_cursor.hash && m_cursor.hash != unknownHash))
        return Taken::otherLog;
      m_verify = false;
      continue;
    }
    if (hasRead()) {
      if (distance <= 0)
        continue;
      reportOverwritten(head->number, delivery);
    }
    m_cursor.recordNumber = head->number;
    m_cursor.hash = hash;
    if (!record) {
      delivery.losses.push_back({head->number, head->number, "the record is damaged"});
      continue;
    }
    LogEvent event = decodeEvtRecord(*record);
    m_cursor.timeGenerated = event.timeGenerated;
    m_cursor.timeWritten = event.timeWritten;
    m_cursor.source = event.source;
    m_cursor.code = event.code();
    if (event.timeWritten >= m_from)
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
  delivery.losses.push_back({known ? lastRead() + 1 : log->oldest, log->newest(),
                             "the log service returned records that cannot be read"});
  m_cursor.recordNumber = log->newest();
  m_cursor.hash = unknownHash;
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
      m_oldestSeen && log->count != 0 && recordDistance(*m_oldestSeen, log->oldest) < 0;
  const bool atEnd = log->count == 0 ? !hasRead() : hasRead() && lastRead() == log->newest();
  if (atEnd && !wentBack && !m_verify) {
    m_cursor.newestSeen = log->count == 0 ? 0 : log->newest();
    noteOldest(*log);
    m_from = always;
    m_told.clear();
    delivery.more = false;
    return Step::done;
  }
  if (m_verify && !wentBack) {
    // Read from the oldest to the end without meeting the cursor's record.
    beginEpoch(delivery, m_told.empty() ? "the log was cleared or replaced" : m_told);
    closeLog();
    return Step::again;
  }
  const bool onlyBehind =
      log->count != 0 && !wentBack && (!hasRead() || recordDistance(lastRead(), log->newest()) > 0);
  if (onlyBehind && m_tailRetries++ == 0)
    return Step::again;  // written between the read and the question
  closeLog();
  return Step::again;
}

ClassicReader::Step ClassicReader::failedRead(std::uint32_t error, Delivery& delivery) {
  switch (error) {
    case win32::handleEof:
      return confirmEnd(delivery);
    case win32::invalidParameter:
      m_seekFails = true;
      closeLog();
      return m_reopened++ == 0 ? Step::again : fail("ReadEventLog", error);
    case win32::invalidHandle:
      closeLog();
      return m_reopened++ == 0 ? Step::again : fail("ReadEventLog", error);
    case win32::eventLogFileChanged:
      m_told = "the log was cleared";
      closeLog();
      return m_reopened++ == 0 ? Step::again : fail("ReadEventLog", error);
    case win32::eventLogFileCorrupt:
      if (!std::exchange(m_corruptReported, true))
        delivery.losses.push_back({0, 0, "the log file is corrupt"});
      closeLog();
      return m_reopened++ == 0 ? Step::again : fail("ReadEventLog", error);
    default:
      return fail("ReadEventLog", error);
  }
}

ClassicReader::Step ClassicReader::fail(const char* call, std::uint32_t error) {
  closeLog();
  m_error = win32::eventLogError(call, error);
  return Step::failed;
}

/// Two calls, no snapshot: asked again until the oldest has stayed the same (event-log.md 1.4).
std::optional<ClassicReader::Range> ClassicReader::range() {
  Range log;
  for (int attempt = 0; attempt < 4; ++attempt) {
    const auto before = m_api.oldest();
    const auto count = m_api.count();
    if (count.error == 0 && count.value == 0)
      return Range{};
    const auto after = m_api.oldest();
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
    m_oldestSeen = log.oldest;
  else
    m_oldestSeen.reset();
}

void ClassicReader::beginEpoch(Delivery& delivery, std::string reason) {
  delivery.losses.push_back({0, 0, std::move(reason)});
  Cursor fresh;
  fresh.epoch = m_cursor.epoch + 1;
  fresh.api = "classic";
  m_cursor = std::move(fresh);
  m_from = always;
  m_verify = false;
  m_told.clear();
  m_oldestSeen.reset();
}

/// Records between the last one read and `next`, the first one that is still there.
void ClassicReader::reportOverwritten(std::uint32_t next, Delivery& delivery) {
  if (recordDistance(lastRead(), next) > 1)
    delivery.losses.push_back(
        {lastRead() + 1, next - 1, "records were overwritten or cleared before they were read"});
  // What is not there any more counts as passed, so that it is told once.
  m_cursor.recordNumber = next - 1;
  m_cursor.hash = unknownHash;
}

void ClassicReader::closeLog() {
  if (std::exchange(m_open, false))
    m_api.close();
}

}  // namespace imshealth
