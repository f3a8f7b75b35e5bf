// An .evtx through wevtapi: Windows Vista and later. Values are rendered, no XML.
#include "service/open_saved_log.h"
#include "service/win32/text.h"
#include "service/winevt_renderer.h"

#include <algorithm>
#include <array>
#include <utility>

namespace imshealth {
namespace {

class EvtxLog : public EvtxApi {
 public:
  EvtxLog(const WinevtFunctions& evt, std::wstring path)
      : evt_(evt), path_(std::move(path)), renderer_(&evt) {}

  std::uint32_t query() override;
  std::uint32_t seek(std::uint64_t before) override;
  Batch next(unsigned atMost) override;
  WinevtRecord renderSystem(unsigned event) override {
    return renderer_.system(events_[event].get());
  }
  void renderValues(unsigned event, WinevtRecord& record) override {
    renderer_.addValues(events_[event].get(), record);
  }
  std::optional<std::uint64_t> count() override;

 private:
  const WinevtFunctions& evt_;
  std::wstring path_;
  WinevtRenderer renderer_;
  UniqueEvtHandle results_;
  std::array<UniqueEvtHandle, EvtxFile::batchSize> events_;
};

/// Every event, not only ours: the others count, and their numbers show gaps. Without
/// EvtQueryTolerateQueryErrors, which shortens a query without a word.
std::uint32_t EvtxLog::query() {
  for (UniqueEvtHandle& event : events_) {
    event.reset();
  }
  results_ = UniqueEvtHandle(
      evt_.query(nullptr, path_.c_str(), L"*", EvtQueryFilePath | EvtQueryForwardDirection));
  if (!results_) {
    const DWORD error = GetLastError();
    return error != 0 ? error : ERROR_CALL_NOT_IMPLEMENTED;  // refused without a reason
  }
  return renderer_.open();
}

/// Strictly: else a place behind the end would be the last event's.
std::uint32_t EvtxLog::seek(std::uint64_t before) {
  if (evt_.seek(results_.get(), static_cast<LONGLONG>(before), nullptr, 0,
                EvtSeekRelativeToFirst | EvtSeekStrict)) {
    return 0;
  }
  const DWORD error = GetLastError();
  return error != 0 ? error : ERROR_CALL_NOT_IMPLEMENTED;
}

EvtxApi::Batch EvtxLog::next(unsigned atMost) {
  for (UniqueEvtHandle& event : events_) {
    event.reset();
  }
  std::array<EVT_HANDLE, EvtxFile::batchSize> handles{};
  DWORD count = 0;  // not always set by a failing EvtNext
  if (!evt_.next(results_.get(), std::min<DWORD>(atMost, handles.size()), handles.data(), INFINITE,
                 0, &count)) {
    const DWORD error = GetLastError();
    return {error != 0 ? error : ERROR_CALL_NOT_IMPLEMENTED, 0};
  }
  Batch batch;
  for (; batch.count < count && batch.count < handles.size(); ++batch.count) {
    events_[batch.count] = UniqueEvtHandle(handles[batch.count]);
  }
  return batch;
}

std::optional<std::uint64_t> EvtxLog::count() {
  const UniqueEvtHandle log(evt_.openLog(nullptr, path_.c_str(), EvtOpenFilePath));
  EVT_VARIANT answer{};
  DWORD used = 0;
  if (!log ||
      !evt_.getLogInfo(log.get(), EvtLogNumberOfLogRecords, sizeof answer, &answer, &used) ||
      answer.Type != EvtVarTypeUInt64) {
    return std::nullopt;
  }
  return answer.UInt64Val;
}

/// EvtQuery takes full paths only.
std::wstring fullPath(const std::string& file) {
  const std::wstring given = toWide(file);
  std::wstring path(MAX_PATH, L'\0');
  for (;;) {
    const auto room = static_cast<DWORD>(path.size());
    const DWORD length = GetFullPathNameW(given.c_str(), room, path.data(), nullptr);
    if (length == 0) {
      return given;
    }
    path.resize(length);
    if (length < room) {
      return path;
    }
  }
}

}  // namespace

Result<std::unique_ptr<SavedLog>> openEvtx(const std::string& file, const EvtxHeader& header) {
  const WinevtFunctions* evt = winevtFunctions();
  if (evt == nullptr) {
    return evtxNeedsWindows();
  }
  auto evtx = EvtxFile::open(file, header, std::make_unique<EvtxLog>(*evt, fullPath(file)));
  if (!evtx) {
    return evtx.error();
  }
  return std::unique_ptr<SavedLog>(std::move(*evtx));
}

}  // namespace imshealth
