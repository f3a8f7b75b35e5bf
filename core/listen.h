// Hearing: waits for the log, reads it to its end, hands each event on, and never gives up. A
// reader that died must not look like a quiet log.
#pragma once

#include "core/alert.h"
#include "core/async_ports.h"
#include "core/event_source.h"
#include "core/ports.h"

#include <boost/asio/awaitable.hpp>

#include <optional>

namespace imshealth {

/// Who is told. All calls come from the engine's thread, in the order of the log.
class Listener {
 public:
  virtual ~Listener() = default;
  virtual void onEvent(const LogEvent&) = 0;
  /// Ids 300 (loss), 320 (cannot read, once an outage) and 321 (can again, and to the end).
  virtual void onAlert(const Alert&) = 0;
  /// All events up to here have been handed on. `saveNow`: the log has been read to its end, or a
  /// loss was told and must not be told again. Else the cursor may be saved later: what is not
  /// saved is read once more.
  virtual void onPosition(const Cursor&, bool saveNow) = 0;
};

class Listening {
 public:
  /// The safety check: the notification of a change can be missed on NT and 2000 (KB833010).
  static constexpr Milliseconds safetyCheck = std::chrono::seconds(60);
  static constexpr Milliseconds shortestRetry = std::chrono::seconds(1);
  static constexpr Milliseconds longestRetry = std::chrono::seconds(60);

  Listening(EventSource&, Listener&, Sleeper&, const Clock&);

  /// Until the program is to stop; errors only make it try again, after 1 s to 60 s, for ever.
  boost::asio::awaitable<void> run();

  /// Everything written so far, at once; for the verification of a repair. Error: the log cannot be
  /// read now; that has been alerted, and run() goes on trying.
  Result<void> drain();

  /// When the log was last read without an error.
  std::optional<Time> lastRead() const { return lastRead_; }

 private:
  Result<bool> readOnce();
  void noteError(const Error&);
  void noteEndOfLog();

  EventSource& source_;
  Listener& listener_;
  Sleeper& sleeper_;
  const Clock& clock_;
  std::optional<Cursor> position_;  ///< last one handed on
  bool mayBeUnsaved_ = false;       ///< it was handed on without `saveNow`
  std::optional<Time> lastRead_;
  std::optional<Time> deafSince_;
  Milliseconds retry_ = shortestRetry;
};

}  // namespace imshealth
