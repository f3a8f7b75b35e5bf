// The Application log as the engine reads it. Two implementations, one set of contract tests:
// winevt (EvtSubscribe, pull model) and classic (OpenEventLog, NotifyChangeEventLog, ReadEventLog).
#pragma once

#include "core/cursor.h"
#include "core/error.h"
#include "core/event.h"
#include "core/time.h"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace imshealth {

/// Records that may have been missed; becomes alert 300.
struct Loss {
  std::uint64_t fromRecord = 0;  ///< 0 with toRecord 0: not known
  std::uint64_t toRecord = 0;
  std::string reason;

  bool operator==(const Loss&) const = default;
};

/// A stretch of the log. Without events and losses: nothing new.
struct Delivery {
  std::vector<Loss> losses;
  std::vector<LogEvent> events;  ///< in the order of the log, each once; of two epochs at a clear
  Cursor cursor;                 ///< behind the last event; to be saved once they are handled
  bool more = false;             ///< there is more to read at once
};

class EventSource {
 public:
  virtual ~EventSource() = default;
  virtual std::string_view api() const = 0;
  /// The next batch (bounded: at most 512 KB of the log). Closes and reopens by itself where the
  /// cursor says how to go on; an error means that the log cannot be read now: call again later,
  /// for ever.
  virtual Result<Delivery> read() = 0;
  /// Waits until the log has been written to or `atMost` has passed. Arms the notification before
  /// it returns, so that what is written while the engine drains is not missed. False: to stop.
  virtual boost::asio::awaitable<bool> waitForChange(Milliseconds atMost) = 0;
};

}  // namespace imshealth
