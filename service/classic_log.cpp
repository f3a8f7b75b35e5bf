#include "service/classic_log.h"

#include <utility>

namespace imshealth {
namespace {

ClassicLogApi::ReadResult readLog(HANDLE log, DWORD how, DWORD record,
                                  std::span<std::uint8_t> buffer) {
  DWORD read = 0;
  DWORD needed = 0;
  if (!ReadEventLogW(log, how | EVENTLOG_FORWARDS_READ, record, buffer.data(),
                     static_cast<DWORD>(buffer.size()), &read, &needed)) {
    return {GetLastError(), 0};
  }
  return {0, read};
}

}  // namespace

std::uint32_t ClassicLog::open() {
  log_ = UniqueEventReader(OpenEventLogW(nullptr, L"Application"));
  if (!log_) {
    return GetLastError();
  }
  // Without a notification the check once a minute still finds what was written.
  if (changed_ != nullptr) {
    NotifyChangeEventLog(log_.get(), changed_);
  }
  return 0;
}

ClassicLogApi::ReadResult ClassicLog::readNext(std::span<std::uint8_t> buffer) {
  return readLog(log_.get(), EVENTLOG_SEQUENTIAL_READ, 0, buffer);
}

ClassicLogApi::ReadResult ClassicLog::readFrom(std::uint32_t recordNumber,
                                               std::span<std::uint8_t> buffer) {
  return readLog(log_.get(), EVENTLOG_SEEK_READ, recordNumber, buffer);
}

ClassicLogApi::NumberResult ClassicLog::oldest() {
  DWORD value = 0;
  if (!GetOldestEventLogRecord(log_.get(), &value)) {
    return {GetLastError(), 0};
  }
  return {0, value};
}

ClassicLogApi::NumberResult ClassicLog::count() {
  DWORD value = 0;
  if (!GetNumberOfEventLogRecords(log_.get(), &value)) {
    return {GetLastError(), 0};
  }
  return {0, value};
}

ClassicEventSource::ClassicEventSource(boost::asio::any_io_executor executor,
                                       std::optional<Cursor> saved, std::int64_t lookBackStart)
    : changed_(std::move(executor)),
      log_(changed_.event()),
      reader_(log_, std::move(saved), lookBackStart) {}

}  // namespace imshealth
