#include "service/winevt_log.h"

#include "service/win32/text.h"

#include <algorithm>
#include <array>
#include <utility>

namespace imshealth {
namespace {

constexpr const wchar_t* channel = L"Application";

std::int64_t secondsSince1970(ULONGLONG fileTime) {
  constexpr std::int64_t from1601To1970 = 11'644'473'600;
  return static_cast<std::int64_t>(fileTime / 10'000'000) - from1601To1970;
}

std::string textOf(const wchar_t* text) {
  return text != nullptr ? toUtf8(text) : std::string();
}

WinevtValue valueOf(const EVT_VARIANT& value) {
  const auto signedNumber = [](std::int64_t number) { return static_cast<std::uint64_t>(number); };
  switch (value.Type) {
    case EvtVarTypeString:
      return textOf(value.StringVal);
    case EvtVarTypeAnsiString:
      return value.AnsiStringVal != nullptr ? std::string(value.AnsiStringVal) : std::string();
    case EvtVarTypeSByte:
      return signedNumber(value.SByteVal);
    case EvtVarTypeByte:
      return std::uint64_t{value.ByteVal};
    case EvtVarTypeInt16:
      return signedNumber(value.Int16Val);
    case EvtVarTypeUInt16:
      return std::uint64_t{value.UInt16Val};
    case EvtVarTypeInt32:
      return signedNumber(value.Int32Val);
    case EvtVarTypeUInt32:
    case EvtVarTypeHexInt32:
      return std::uint64_t{value.UInt32Val};
    case EvtVarTypeInt64:
      return signedNumber(value.Int64Val);
    case EvtVarTypeUInt64:
    case EvtVarTypeHexInt64:
      return std::uint64_t{value.UInt64Val};
    case EvtVarTypeSizeT:
      return std::uint64_t{value.SizeTVal};
    case EvtVarTypeBinary:
      if (value.BinaryVal == nullptr) {
        return std::vector<std::uint8_t>();
      }
      return std::vector<std::uint8_t>(value.BinaryVal, value.BinaryVal + value.Count);
    default:
      return std::monostate();
  }
}

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
  systemContext_ = UniqueEvtHandle(evt_->createRenderContext(0, nullptr, EvtRenderContextSystem));
  userContext_ = UniqueEvtHandle(evt_->createRenderContext(0, nullptr, EvtRenderContextUser));
  if (!bookmark_ || !systemContext_ || !userContext_) {
    const DWORD error = GetLastError();
    close();
    return error != 0 ? error : ERROR_CALL_NOT_IMPLEMENTED;
  }
  return 0;
}

void WinevtLog::close() {
  subscription_.reset();
  bookmark_.reset();
  userContext_.reset();
  systemContext_.reset();
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
    batch.records.push_back(render(handles[i]));
  }
  if (count != 0) {
    batch.bookmark = renderBookmark(handles[count - 1]);
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
  if (ask(EvtLogOldestRecordNumber, state.oldest)) {
    ask(EvtLogNumberOfLogRecords, state.count);
  }
  return state;
}

WinevtRecord WinevtLog::render(EVT_HANDLE event) {
  WinevtRecord record;
  DWORD count = 0;
  record.error = renderInto(systemContext_.get(), event, EvtRenderEventValues, count);
  if (record.error != 0) {
    return record;
  }
  if (count < EvtSystemPropertyIdEND) {
    record.error = ERROR_INVALID_DATA;
    return record;
  }
  const auto* system = reinterpret_cast<const EVT_VARIANT*>(buffer_.data());
  record.recordId = system[EvtSystemEventRecordId].UInt64Val;
  record.timeCreated = secondsSince1970(system[EvtSystemTimeCreated].FileTimeVal);
  if (system[EvtSystemProviderName].Type == EvtVarTypeString) {
    record.provider = textOf(system[EvtSystemProviderName].StringVal);
  }
  record.eventId = system[EvtSystemEventID].UInt16Val;
  if (system[EvtSystemQualifiers].Type == EvtVarTypeUInt16) {
    record.qualifiers = system[EvtSystemQualifiers].UInt16Val;
  }
  record.level = system[EvtSystemLevel].ByteVal;

  record.error = renderInto(userContext_.get(), event, EvtRenderEventValues, count);
  if (record.error != 0) {
    return record;
  }
  const auto* values = reinterpret_cast<const EVT_VARIANT*>(buffer_.data());
  for (DWORD i = 0; i < count; ++i) {
    record.values.push_back(valueOf(values[i]));
  }
  return record;
}

std::string WinevtLog::renderBookmark(EVT_HANDLE lastEvent) {
  DWORD properties = 0;
  if (!evt_->updateBookmark(bookmark_.get(), lastEvent) ||
      renderInto(nullptr, bookmark_.get(), EvtRenderBookmark, properties) != 0) {
    return {};
  }
  return toUtf8(reinterpret_cast<const wchar_t*>(buffer_.data()));
}

/// Sizes of EvtRender are bytes. The result is in buffer_, which only grows.
std::uint32_t WinevtLog::renderInto(EVT_HANDLE context, EVT_HANDLE fragment, DWORD flags,
                                    DWORD& properties) {
  constexpr std::size_t usual = 4096;
  constexpr std::size_t most = 4 * 1024 * 1024;
  if (buffer_.empty()) {
    buffer_.resize(usual / sizeof buffer_[0]);
  }
  for (;;) {
    const auto size = static_cast<DWORD>(buffer_.size() * sizeof buffer_[0]);
    DWORD used = 0;
    if (evt_->render(context, fragment, flags, size, buffer_.data(), &used, &properties)) {
      return 0;
    }
    const DWORD error = GetLastError();
    if (error != ERROR_INSUFFICIENT_BUFFER || used <= size || used > most) {
      return error != 0 ? error : ERROR_INVALID_DATA;
    }
    buffer_.resize((used + sizeof buffer_[0] - 1) / sizeof buffer_[0]);
  }
}

WinevtEventSource::WinevtEventSource(boost::asio::any_io_executor executor,
                                     std::optional<Cursor> saved, std::int64_t lookBackStart)
    : changed_(std::move(executor)),
      log_(changed_.event()),
      reader_(log_, std::move(saved), lookBackStart) {}

}  // namespace imshealth
