#include "service/winevt_log.h"

#include "service/win32/text.h"

#include <algorithm>
#include <array>
#include <utility>

namespace imshealth {
namespace {

constexpr const wchar_t* channel = L"Application";

}  // namespace

std::uint32_t WinevtLog::subscribe(Start start, const std::string& bookmark) {
  if (evt_ == nullptr) {
    return ERROR_MOD_NOT_FOUND;
  }
  close();
  const bool after = start != Start::oldest;
  if (after) {
    bookmark_ = UniqueEvtHandle(evt_->createBookmark(toWide(bookmark).c_str()));
    if (!bookmark_) {
      return GetLastError();
    }
  }
  DWORD flags = after ? EvtSubscribeStartAfterBookmark : EvtSubscribeStartAtOldestRecord;
  if (start == Start::afterStrict) {
    flags |= EvtSubscribeStrict;
  }
  SetLastError(ERROR_SUCCESS);  // a wevtapi that takes no subscription may set none
  subscription_ =
      UniqueEvtHandle(evt_->subscribe(nullptr, changed_, channel, toWide(winevtQuery()).c_str(),
                                      after ? bookmark_.get() : nullptr, nullptr, nullptr, flags));
  if (!subscription_) {
    const DWORD error = GetLastError();
    return error != 0 ? error : ERROR_CALL_NOT_IMPLEMENTED;  // refused without a reason
  }
  // Only now: a system whose wevtapi takes no subscription may lack the rest altogether.
  if (!after) {
    bookmark_ = UniqueEvtHandle(evt_->createBookmark(nullptr));
  }
  std::uint32_t error = 0;
  if (!bookmark_) {
    const DWORD code = GetLastError();
    error = code != 0 ? code : ERROR_CALL_NOT_IMPLEMENTED;
  } else {
    error = renderer_.open();
  }
  if (error != 0) {
    close();
  }
  return error;
}

void WinevtLog::close() {
  subscription_.reset();
  bookmark_.reset();
  renderer_.close();
}

WinevtApi::Batch WinevtLog::next(unsigned atMost) {
  std::array<EVT_HANDLE, WinevtReader::batchSize> handles{};
  DWORD count = 0;  // not always set by a failing EvtNext
  Batch batch;
  if (!evt_->next(subscription_.get(), std::min<DWORD>(atMost, handles.size()), handles.data(), 0,
                  0, &count)) {
    batch.error = GetLastError();
    return batch;
  }
  std::array<UniqueEvtHandle, WinevtReader::batchSize> events;
  for (DWORD i = 0; i < count && i < handles.size(); ++i) {
    events[i] = UniqueEvtHandle(handles[i]);
    WinevtRecord record = renderer_.system(handles[i]);
    if (record.error == 0) {
      renderer_.addValues(handles[i], record);
    }
    batch.records.push_back(std::move(record));
  }
  if (count != 0 && evt_->updateBookmark(bookmark_.get(), handles[count - 1])) {
    batch.bookmark = renderer_.bookmark(bookmark_.get());
  }
  return batch;
}

WinevtApi::LogState WinevtLog::logState() {
  if (evt_ == nullptr) {
    return {ERROR_MOD_NOT_FOUND, 0, 0};
  }
  const UniqueEvtHandle log(evt_->openLog(nullptr, channel, EvtOpenChannelPath));
  if (!log) {
    const DWORD error = GetLastError();
    return {error != 0 ? error : ERROR_CALL_NOT_IMPLEMENTED, 0, 0};
  }
  LogState state;
  const auto ask = [&](EVT_LOG_PROPERTY_ID property, std::uint64_t& value) {
    EVT_VARIANT answer{};
    DWORD used = 0;
    if (!evt_->getLogInfo(log.get(), property, sizeof answer, &answer, &used)) {
      state.error = GetLastError();
      return false;
    }
    value = answer.Type == EvtVarTypeUInt64 ? answer.UInt64Val : 0;  // Null: the log is empty
    return true;
  };
  // Two calls without a common snapshot: where the log drops records in between, the newest one
  // would seem to lie before those that were read, which is how a cleared log looks.
  constexpr int tries = 8;
  bool goOn = ask(EvtLogOldestRecordNumber, state.oldest);
  for (int i = 0; goOn && i < tries; ++i) {
    const std::uint64_t before = state.oldest;
    goOn = ask(EvtLogNumberOfLogRecords, state.count) &&
           ask(EvtLogOldestRecordNumber, state.oldest) && state.oldest != before;
  }
  return state;
}

WinevtEventSource::WinevtEventSource(boost::asio::any_io_executor executor,
                                     std::optional<Cursor> saved, std::int64_t lookBackStart)
    : changed_(std::move(executor)),
      log_(changed_.event()),
      reader_(log_, std::move(saved), lookBackStart) {}

}  // namespace imshealth
