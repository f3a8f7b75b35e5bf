// The Application log through OpenEventLog, ReadEventLog and NotifyChangeEventLog: NT 4.0 and
// later.
#pragma once

#include "core/classic_reader.h"
#include "service/change_signal.h"
#include "service/open_event_source.h"

namespace imshealth {

class ClassicLog : public ClassicLogApi {
 public:
  /// `changed`: signalled when the log is written to; outlives this.
  explicit ClassicLog(HANDLE changed) : changed_(changed) {}

  std::uint32_t open() override;
  void close() override { log_.reset(); }
  ReadResult readNext(std::span<std::uint8_t> buffer) override;
  ReadResult readFrom(std::uint32_t recordNumber, std::span<std::uint8_t> buffer) override;
  NumberResult oldest() override;
  NumberResult count() override;

 private:
  HANDLE changed_;
  UniqueEventReader log_;
};

class ClassicEventSource : public StoppableEventSource {
 public:
  ClassicEventSource(boost::asio::any_io_executor, std::optional<Cursor> saved,
                     std::int64_t lookBackStart);

  std::string_view api() const override { return "classic"; }
  Result<Delivery> read() override { return reader_.read(); }
  boost::asio::awaitable<bool> waitForChange(Milliseconds atMost) override {
    return changed_.wait(atMost);
  }
  void stop() override { changed_.stop(); }

 private:
  ChangeSignal changed_;  // closed behind the log, which signals it
  ClassicLog log_;
  ClassicReader reader_;
};

}  // namespace imshealth
