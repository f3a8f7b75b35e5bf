// The Application log through wevtapi: Windows Vista and later. Pull model; values are rendered, no
// XML.
#pragma once

#include "core/winevt_reader.h"
#include "service/change_signal.h"
#include "service/open_event_source.h"
#include "service/win32/winevt_handle.h"
#include "service/winevt_renderer.h"

namespace imshealth {

/// Where the system has no wevtapi, each call gives ERROR_MOD_NOT_FOUND.
class WinevtLog : public WinevtApi {
 public:
  /// `changed`: signalled when there are events; outlives this.
  explicit WinevtLog(HANDLE changed, const WinevtFunctions* functions = winevtFunctions())
      : evt_(functions), changed_(changed), renderer_(evt_) {}

  std::uint32_t subscribe(Start, const std::string& bookmark) override;
  void close() override;
  Batch next(unsigned atMost) override;
  LogState logState() override;

 private:
  const WinevtFunctions* evt_;
  HANDLE changed_;
  WinevtRenderer renderer_;
  UniqueEvtHandle subscription_, bookmark_;
};

class WinevtEventSource : public StoppableEventSource {
 public:
  WinevtEventSource(boost::asio::any_io_executor, std::optional<Cursor> saved,
                    std::int64_t lookBackStart);

  std::string_view api() const override { return "winevt"; }
  Result<Delivery> read() override { return reader_.read(); }
  boost::asio::awaitable<bool> waitForChange(Milliseconds atMost) override {
    return changed_.wait(atMost);
  }
  void stop() override { changed_.stop(); }

 private:
  ChangeSignal changed_;  // closed behind the subscription, which signals it
  WinevtLog log_;
  WinevtReader reader_;
};

}  // namespace imshealth
