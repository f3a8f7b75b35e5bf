// What the winevt backend decides: from where to subscribe, what an error of EvtNext means, whether
// records have been lost. The calls are a small port;
// service/winevt_log.h makes them, the tests script them.
#pragma once

#include "core/cursor.h"
#include "core/error.h"
#include "core/event_source.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace imshealth {

/// One value of EvtRender with EvtRenderContextUser. monostate: EvtVarTypeNull.
using WinevtValue =
    std::variant<std::monostate, std::string, std::uint64_t, std::vector<std::uint8_t>>;

/// One event as EvtRender gives it, system properties and user values.
struct WinevtRecord {
  std::uint32_t error = 0;  ///< of EvtRender; then nothing else is meant
  std::uint64_t recordId = 0;
  std::int64_t timeCreated = 0;  ///< seconds since 1970, UTC
  std::string provider;          ///< Provider/@Name
  std::uint16_t eventId = 0;
  std::uint16_t qualifiers = 0;  ///< EventID/@Qualifiers; 0 where there are none
  std::uint8_t level = 0;
  std::vector<WinevtValue> values;  ///< of UserData or EventData, in order
};

/// Both shapes of 1008 and everything else in the form of EVENTLOGRECORD: the strings, then the
/// data.
LogEvent toLogEvent(const WinevtRecord&);

/// The one query of the subscription, on channel Application: Perflib and LoadPerf under their old
/// and new names, and of our own events the proof of hearing only, so that nothing we write can set
/// us off.
std::string_view winevtQuery();

/// The log service is away or on its way up; says nothing about what was asked for.
bool isLogServiceAway(std::uint32_t error);

/// EvtSubscribe and what belongs to it. Results are Win32 codes, captured at the failing call.
class WinevtApi {
 public:
  virtual ~WinevtApi() = default;

  enum class Start {
    oldest,        ///< EvtSubscribeStartAtOldestRecord
    afterStrict,   ///< EvtSubscribeStartAfterBookmark | EvtSubscribeStrict
    afterNearest,  ///< EvtSubscribeStartAfterBookmark
  };
  /// Pull model, with winevtQuery(). Everything is made anew: query, bookmark, subscription.
  virtual std::uint32_t subscribe(Start, const std::string& bookmark) = 0;
  virtual void close() = 0;  ///< not subscribed: no effect

  struct Batch {
    std::uint32_t error = 0;
    std::vector<WinevtRecord> records;
    std::string bookmark;  ///< XML, of the last record; empty where it could not be rendered
  };
  /// EvtNext without waiting. Error and records may come together; records are in order.
  virtual Batch next(unsigned atMost) = 0;

  struct LogState {
    std::uint32_t error = 0;
    std::uint64_t oldest = 0;
    std::uint64_t count = 0;
  };
  /// EvtGetLogInfo: EvtLogOldestRecordNumber, EvtLogNumberOfLogRecords.
  virtual LogState logState() = 0;
};

/// Delivers the matching events behind the saved cursor in order, each at least once, across
/// clears, wraps and restarts of the log service. One thread.
class WinevtReader {
 public:
  static constexpr unsigned batchSize = 16;

  /// As ClassicReader.
  WinevtReader(WinevtApi&, std::optional<Cursor> saved, std::int64_t lookBackStart);
  ~WinevtReader();
  WinevtReader(const WinevtReader&) = delete;
  WinevtReader& operator=(const WinevtReader&) = delete;

  /// The next batch. An error leaves nothing subscribed; the next call subscribes again.
  Result<Delivery> read();

 private:
  enum class Step { done, again, failed };

  Step subscribe();
  void judge(const WinevtApi::LogState&, Delivery&);
  Step drain(Delivery&);
  Step readAgain(Delivery&);
  Step shrinkBatch(const WinevtApi::LogState&, Delivery&);
  Step endReached(const WinevtApi::LogState&, Delivery&);
  Step fail(const char* call, std::uint32_t error);
  void take(const WinevtRecord&, Delivery&);
  void noteGone(std::uint64_t seen, std::uint64_t oldest, Delivery&);
  void beginEpoch(Delivery&, std::string reason);
  void closeSubscription();

  WinevtApi& api_;
  Cursor cursor_;
  unsigned batch_ = batchSize;
  int resubscribed_ = 0;           ///< since the log was last drained
  bool renderingFailed_ = false;   ///< since the log was last drained
  bool unrenderableTold_ = false;  ///< since the log was last drained
  std::uint64_t tooLarge_ = 0;     ///< events in a row, passed over by this subscription
  bool tooLargeTold_ = false;      ///< since the last event
  bool subscribed_ = false;
  std::string told_;  ///< EvtNext said so: events are gone
  Error error_;
};

}  // namespace imshealth
