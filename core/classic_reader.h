// What the classic backend decides: where to go on reading, what an error of ReadEventLog means,
// whether the log has been cleared or has overtaken us. The calls
// themselves are a small port; service/classic_log.h makes them, the tests script them.
#pragma once

#include "core/cursor.h"
#include "core/error.h"
#include "core/event_source.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace imshealth {

/// OpenEventLog and what belongs to it, on the local Application log. Results are Win32 codes,
/// captured at the failing call; 0 is success.
class ClassicLogApi {
 public:
  virtual ~ClassicLogApi() = default;
  /// Opens the log and has it notify of changes. Notification lasts until the log is closed.
  virtual std::uint32_t open() = 0;
  virtual void close() = 0;  ///< not open: no effect

  struct ReadResult {
    std::uint32_t error = 0;
    std::size_t bytes = 0;  ///< whole records only
  };
  /// EVENTLOG_SEQUENTIAL_READ | EVENTLOG_FORWARDS_READ
  virtual ReadResult readNext(std::span<std::uint8_t> buffer) = 0;
  /// EVENTLOG_SEEK_READ | EVENTLOG_FORWARDS_READ: from this record on, itself included.
  virtual ReadResult readFrom(std::uint32_t recordNumber, std::span<std::uint8_t> buffer) = 0;

  struct NumberResult {
    std::uint32_t error = 0;
    std::uint32_t value = 0;
  };
  virtual NumberResult oldest() = 0;  ///< meaningless while count() is 0
  virtual NumberResult count() = 0;
};

/// Delivers the records behind the saved cursor in order, each at least once, across clears, wraps
/// and restarts of the log service. One thread.
class ClassicReader {
 public:
  /// Most that ReadEventLog takes; no record is larger, so 122 cannot come.
  static constexpr std::size_t bufferSize = 0x7FFFF;

  /// `saved`: absent at the first start, when only records written at or after `lookBackStart`
  /// (seconds since 1970) are delivered. The same for a cursor of the other backend, from its time
  /// on.
  ClassicReader(ClassicLogApi&, std::optional<Cursor> saved, std::int64_t lookBackStart);
  ~ClassicReader();
  ClassicReader(const ClassicReader&) = delete;
  ClassicReader& operator=(const ClassicReader&) = delete;

  /// The next buffer of the log. An error leaves the log closed; the next call opens it again.
  Result<Delivery> read();

 private:
  enum class Step { done, again, failed };
  enum class Taken { all, otherLog, unreadable };
  struct Range {
    std::uint32_t oldest = 0;
    std::uint32_t count = 0;
    std::uint32_t newest() const { return oldest + count - 1; }
  };

  Step advance(Delivery&);
  Step position(Delivery&);
  Step readOn(Delivery&);
  Step taken(std::size_t bytes, Delivery&);
  Taken take(std::span<const std::uint8_t> bytes, Delivery&);
  Step skipUnreadable(Delivery&);
  Step confirmEnd(Delivery&);
  Step failedRead(std::uint32_t error, Delivery&);
  Step fail(const char* call, std::uint32_t error);
  std::optional<Range> range();
  void noteOldest(const Range&);
  void beginEpoch(Delivery&, std::string reason);
  void reportGone(std::uint32_t next, Delivery&);
  void reportOverwritten(std::uint32_t next, Delivery&);
  static void reportDamaged(std::uint32_t number, Delivery&);
  void closeLog();

  bool hasRead() const { return cursor_.hash != 0; }
  std::uint32_t lastRead() const { return static_cast<std::uint32_t>(cursor_.recordNumber); }

  ClassicLogApi& api_;
  Cursor cursor_;
  std::vector<std::uint8_t> buffer_;
  bool open_ = false;
  bool positioned_ = false;  ///< the handle stands behind the cursor, or on the way to it (verify_)
  bool verify_ = false;      ///< the cursor's own record is still to come; its hash decides
  bool seekFails_ = false;   ///< seeking gave 87, or 38 twice: read from the oldest on instead
  bool corruptReported_ = false;
  int tailRetries_ = 0;  ///< within one read()
  int seekEnds_ = 0;     ///< within one read(): seeking gave 38
  int reopened_ = 0;     ///< since the last new record or the end
  std::optional<std::uint32_t> oldestSeen_;
  std::string told_;  ///< the log service said so: cleared
  Error error_;
};

}  // namespace imshealth
