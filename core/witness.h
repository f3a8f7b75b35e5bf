// What the event log says of a repair while it is under way: LoadPerf's own words on loading and
// unloading, and whether the library failed to open again.
#pragma once

#include "core/error.h"
#include "core/event.h"

#include <cstdint>
#include <optional>
#include <string>

namespace imshealth {

/// A place in the log.
struct LogPosition {
  std::uint32_t epoch = 0;
  std::uint64_t newestRecord = 0;

  /// Record numbers begin anew with each epoch; both wrap.
  bool isBehind(const LogPosition& other) const {
    return epoch == other.epoch ? static_cast<std::int32_t>(newestRecord - other.newestRecord) > 0
                                : static_cast<std::int32_t>(epoch - other.epoch) > 0;
  }
};

/// The end of the event log, for whoever needs to know now what has been written.
class LogTail {
 public:
  virtual ~LogTail() = default;
  /// Hands on everything written up to now, to the witness too.
  virtual Result<LogPosition> drain() = 0;
};

class Witness {
 public:
  /// Forgets what was; from now on looks at events about this service, written at `since` (seconds
  /// since 1970) or later.
  void attend(std::string counterService, std::int64_t since = 0);
  void dismiss() { service_.clear(); }

  /// Each event that is read from the log, in order.
  void note(const LogEvent&);

  bool loaded() const { return loaded_; }      ///< LoadPerf 1000
  bool unloaded() const { return unloaded_; }  ///< LoadPerf 1001
  /// LoadPerf 2007 or 30xx, about this service or about the texts of all.
  const std::optional<std::string>& complaint() const { return complaint_; }
  /// Newest 1008 of this service, absent: none heard.
  const std::optional<LogPosition>& lastOpenFailure() const { return lastOpenFailure_; }

 private:
  bool isAboutService(const LogEvent&) const;

  std::string service_;
  std::int64_t since_ = 0;
  bool loaded_ = false;
  bool unloaded_ = false;
  std::optional<std::string> complaint_;
  std::optional<LogPosition> lastOpenFailure_;
};

}  // namespace imshealth
