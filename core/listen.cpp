#include "core/listen.h"

#include "core/alerts.h"

#include <algorithm>

namespace imshealth {
namespace {

/// 2 GB of log in one go; a log that grows faster than it is read must not hold up a repair for
/// ever.
constexpr int mostDeliveries = 4096;

}  // namespace

Listening::Listening(EventSource& source, Listener& listener, Sleeper& sleeper, const Clock& clock)
    : source_(source), listener_(listener), sleeper_(sleeper), clock_(clock) {}

boost::asio::awaitable<void> Listening::run() {
  for (;;) {
    const auto more = readOnce();
    if (!more) {
      const Milliseconds pause = retry_;
      retry_ = std::min(retry_ * 2, longestRetry);
      if (!co_await sleeper_.sleep(pause)) {
        co_return;
      }
    } else if (*more) {
      // Between two stretches of a long log everybody else has a turn.
      if (!co_await sleeper_.sleep(Milliseconds(0))) {
        co_return;
      }
    } else if (!co_await source_.waitForChange(safetyCheck)) {
      co_return;
    }
  }
}

Result<void> Listening::drain() {
  for (int i = 0; i < mostDeliveries; ++i) {
    const auto more = readOnce();
    if (!more) {
      return more.error();
    }
    if (!*more) {
      break;
    }
  }
  return {};
}

/// True: there is more to read at once.
Result<bool> Listening::readOnce() {
  auto delivery = source_.read();
  if (!delivery) {
    noteError(delivery.error());
    return delivery.error();
  }
  if (!delivery->more || !delivery->events.empty()) {
    lastRead_ = clock_.now();
  }
  if (!delivery->more) {
    noteEndOfLog();  // not before: one record may be read where the next one cannot
  }
  for (const Loss& loss : delivery->losses) {
    listener_.onAlert(alerts::eventsMissed(loss.fromRecord, loss.toRecord, loss.reason));
  }
  for (const LogEvent& event : delivery->events) {
    listener_.onEvent(event);
  }
  const bool saveNow = !delivery->more || !delivery->losses.empty();
  if (position_ != delivery->cursor || (mayBeUnsaved_ && saveNow)) {
    position_ = delivery->cursor;
    mayBeUnsaved_ = !saveNow;
    listener_.onPosition(delivery->cursor, saveNow);
  }
  return delivery->more;
}

void Listening::noteError(const Error& error) {
  if (!deafSince_) {
    deafSince_ = clock_.now();
    listener_.onAlert(alerts::logUnreadable(error.describe(), retry_));
  }
}

void Listening::noteEndOfLog() {
  retry_ = shortestRetry;
  if (deafSince_) {
    const Milliseconds outage = std::max(clock_.now() - *deafSince_, Milliseconds(0));
    deafSince_.reset();
    listener_.onAlert(alerts::logReadableAgain(outage));
  }
}

}  // namespace imshealth
