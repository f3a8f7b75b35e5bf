#include "core/winevt_reader.h"

#include "core/win32_codes.h"

#include <algorithm>
#include <utility>

namespace imshealth {
namespace {

constexpr int mostSteps = 12;

class Fnv {
 public:
  void add(std::string_view text) {
    for (const char c : text)
      add(static_cast<std::uint64_t>(static_cast<unsigned char>(c)));
    add(0x100);
  }
  void add(std::uint64_t value) {
    hash_ ^= value;
    hash_ *= 0x100'0000'01B3;
  }
  std::uint64_t value() const { return hash_ != 0 ? hash_ : 1; }

 private:
  std::uint64_t hash_ = 0xCBF2'9CE4'8422'2325;
};

std::uint64_t hashOf(const LogEvent& event) {
  Fnv hash;
  hash.add(event.recordNumber);
  hash.add(static_cast<std::uint64_t>(event.timeGenerated));
  hash.add(event.eventId);
  hash.add(event.source);
  for (const std::string& text : event.strings)
    hash.add(text);
  for (const std::uint8_t byte : event.data)
    hash.add(static_cast<std::uint64_t>(byte));
  return hash.value();
}

std::uint64_t newestOf(const WinevtApi::LogState& log) {
  return log.count == 0 ? 0 : log.oldest + log.count - 1;
}

}  // namespace

bool isLogServiceAway(std::uint32_t error) {
  return error == win32::invalidHandle || error == win32::rpcServerUnavailable ||
         error == win32::rpcUnknownInterface || error == win32::endpointNotRegistered ||
         error == win32::rpcCallCancelled || error == win32::accessDenied ||
         error == win32::evtChannelNotFound;
}

WinevtReader::WinevtReader(WinevtApi& api, std::optional<Cursor> saved, std::int64_t lookBackStart)
    : api_(api),
      cursor_(whereToBegin(saved, "winevt", lookBackStart)),
      error_(ErrorKind::unavailable, "", 0, "") {}

WinevtReader::~WinevtReader() {
  closeSubscription();
}

Result<Delivery> WinevtReader::read() {
  Delivery delivery;
  for (int step = 0; step < mostSteps; ++step) {
    const Step result = subscribed_ ? drain(delivery) : subscribe();
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
  closeSubscription();
  if (delivery.losses.empty() && delivery.events.empty())
    return Error(ErrorKind::unavailable, "EvtNext", 0,
                 "the subscription breaks as soon as it is made");
  delivery.cursor = cursor_;
  delivery.more = true;
  return delivery;
}

WinevtReader::Step WinevtReader::subscribe() {
  using Start = WinevtApi::Start;
  // From strict to lenient, never "future events only": that loses what was written meanwhile. Any
  // error may be the bookmark's (15008: it is not XML); only without one it is the query's.
  std::uint32_t error = win32::notFound;
  if (!cursor_.bookmark.empty()) {
    for (const Start start : {Start::afterStrict, Start::afterNearest}) {
      error = api_.subscribe(start, cursor_.bookmark);
      if (error == 0 || isLogServiceAway(error))
        break;
    }
  }
  if (error != 0 && !isLogServiceAway(error))
    error = api_.subscribe(Start::oldest, {});  // take() leaves out what has been delivered
  if (error != 0)
    return fail("EvtSubscribe", error);
  subscribed_ = true;
  return Step::again;
}

/// Has anything been lost since the cursor was saved, or since the last EvtNext? A filtered
/// subscription cannot tell: its bookmark is of a matching event, which may be gone from a healthy
/// log, and one that is not strict passes over what the log has lost without a word.
void WinevtReader::judge(const WinevtApi::LogState& log, Delivery& delivery) {
  const std::uint64_t seen = std::max(cursor_.recordNumber, cursor_.newestSeen);
  const std::string told = std::exchange(told_, {});
  // Just what the log held when it was read to its end: it was cleared.
  const bool allGone = log.oldest == seen + 1 && cursor_.newestSeen == seen;
  if (seen != 0 && log.count == 0) {
    beginEpoch(delivery, "the log was cleared");
  } else if (seen != 0 && newestOf(log) < seen) {
    beginEpoch(delivery, "the log was cleared or replaced");
  } else if (seen != 0 && (log.oldest > seen + 1 || allGone)) {
    noteGone(seen, log.oldest, delivery);
  } else if (!told.empty() && delivery.losses.empty() && resubscribed_ <= 1) {
    delivery.losses.push_back({0, 0, told});
  }
}

WinevtReader::Step WinevtReader::drain(Delivery& delivery) {
  // Asked before EvtNext: what is written in between is read later, and newer than `log`.
  const auto log = api_.logState();
  if (log.error != 0)
    return fail("EvtGetLogInfo", log.error);
  const std::uint32_t epoch = cursor_.epoch;
  judge(log, delivery);
  if (cursor_.epoch != epoch) {
    closeSubscription();
    return Step::again;
  }
  auto batch = api_.next(batch_);
  for (const WinevtRecord& record : batch.records) {
    // The first time the service may only just have gone; the bookmark stays before this record.
    if (record.error != 0 && std::exchange(renderingFailed_, true) == false)
      return readAgain(delivery);
    take(record, delivery);
  }
  if (!batch.bookmark.empty())
    cursor_.bookmark = std::move(batch.bookmark);

  const bool nothing = batch.records.empty();
  if (batch.error == win32::noMoreItems || (batch.error == win32::invalidOperation && nothing) ||
      (batch.error == 0 && nothing))
    return endReached(log, delivery);
  switch (batch.error) {
    case 0:
    case win32::invalidOperation: delivery.more = true; return Step::done;
    case win32::rpcInvalidBound: return shrinkBatch(log, delivery);
    case win32::evtQueryResultStale:
    case win32::evtQueryResultInvalidPosition:
    case win32::invalidParameter:
      told_ = "the log was cleared or has rolled over";
      closeSubscription();
      return resubscribed_++ < 2 ? Step::again : fail("EvtNext", batch.error);
    default:
      // A restarted service knows our handles no longer: only one that is still away is an outage.
      if (!isLogServiceAway(batch.error) || resubscribed_++ > 0)
        return fail("EvtNext", batch.error);
      closeSubscription();
      return Step::again;
  }
}

/// From the bookmark once more; take() leaves out what has been delivered.
WinevtReader::Step WinevtReader::readAgain(Delivery& delivery) {
  closeSubscription();
  if (delivery.events.empty())
    return Step::again;
  delivery.more = true;
  return Step::done;
}

/// 1734: the batch was too large in bytes, and the read position has moved all the same. The
/// bookmark has not: a single event is passed over by this subscription only.
WinevtReader::Step WinevtReader::shrinkBatch(const WinevtApi::LogState& log, Delivery& delivery) {
  if (batch_ > 1) {
    batch_ /= 2;
    closeSubscription();
    return Step::again;
  }
  // More of them than there are records: it is not their size.
  const std::uint64_t unread = newestOf(log) - std::min(cursor_.recordNumber, newestOf(log));
  if (tooLarge_ >= std::min(unread, log.count))
    return fail("EvtNext", win32::rpcInvalidBound);
  ++tooLarge_;
  if (!std::exchange(tooLargeTold_, true))
    delivery.losses.push_back({0, 0, "an event is too large to be read"});
  delivery.more = true;
  return Step::done;
}

WinevtReader::Step WinevtReader::endReached(const WinevtApi::LogState& log, Delivery& delivery) {
  // EvtNext may bring the last records together with the end.
  cursor_.newestSeen = std::max(newestOf(log), cursor_.recordNumber);
  batch_ = batchSize;
  resubscribed_ = 0;
  renderingFailed_ = false;
  unrenderableTold_ = false;
  tooLarge_ = 0;
  tooLargeTold_ = false;
  cursor_.from = 0;
  cursor_.fromRecord = 0;
  delivery.more = false;
  return Step::done;
}

void WinevtReader::take(const WinevtRecord& record, Delivery& delivery) {
  if (record.error != 0) {
    if (!std::exchange(unrenderableTold_, true))
      delivery.losses.push_back(
          {0, 0, "an event cannot be rendered (error " + std::to_string(record.error) + ")"});
    return;
  }
  if (cursor_.hash != 0 && record.recordId <= cursor_.recordNumber)
    return;
  tooLarge_ = 0;
  tooLargeTold_ = false;
  LogEvent event = toLogEvent(record);
  event.epoch = cursor_.epoch;
  cursor_.recordNumber = event.recordNumber;
  cursor_.timeGenerated = event.timeGenerated;
  cursor_.timeWritten = event.timeWritten;
  cursor_.source = event.source;
  cursor_.code = event.code();
  cursor_.hash = hashOf(event);
  if (!isLeftOut(event.timeWritten, event.recordNumber, cursor_))
    delivery.events.push_back(std::move(event));
}

/// Everything that was there when the log was last drained is gone: cleared, since numbers go on
/// after a clear from Vista on, or overwritten as a whole.
void WinevtReader::noteGone(std::uint64_t seen, std::uint64_t oldest, Delivery& delivery) {
  if (oldest > seen + 1)
    delivery.losses.push_back(
        {seen + 1, oldest - 1, "records were overwritten or cleared before they were read"});
  else
    delivery.losses.push_back({0, 0, "the log was cleared"});
  cursor_.newestSeen = oldest;  // told once
}

void WinevtReader::beginEpoch(Delivery& delivery, std::string reason) {
  delivery.losses.push_back({0, 0, std::move(reason)});
  Cursor fresh;
  fresh.epoch = cursor_.epoch + 1;
  fresh.api = "winevt";
  cursor_ = std::move(fresh);
}

WinevtReader::Step WinevtReader::fail(const char* call, std::uint32_t error) {
  closeSubscription();
  error_ = win32::eventLogError(call, error);
  return Step::failed;
}

void WinevtReader::closeSubscription() {
  tooLarge_ = 0;
  if (std::exchange(subscribed_, false))
    api_.close();
}

}  // namespace imshealth
