#include "core/saved_evt.h"

#include <algorithm>

namespace imshealth {
namespace {

constexpr std::uint64_t recordsPerReport = 1 << 13;

class Record : public SavedRecord {
 public:
  explicit Record(const EvtRecord& record) : record_(record) {}

  bool isFromPerflib() const override {
    return hasSource(record_, "Perflib") || hasSource(record_, "Microsoft-Windows-Perflib");
  }
  bool isFromLoadPerf() const override {
    return hasSource(record_, "LoadPerf") || hasSource(record_, "Microsoft-Windows-LoadPerf");
  }
  std::uint16_t code() const override { return record_.code(); }
  std::int64_t timeGenerated() const override { return record_.timeGenerated; }
  LogEvent decode() const override { return decodeEvtRecord(record_); }

 private:
  const EvtRecord& record_;
};

class Walk : public EvtVisitor {
 public:
  Walk(SavedLogVisitor& visitor, const ReportProgress& report, std::uint64_t fileSize)
      : visitor_(visitor), report_(report), fileSize_(fileSize) {}

  void onRecord(const EvtRecord& record, EvtOffset offset) override {
    bytes_ += record.bytes.size();
    if (++records_ % recordsPerReport == 0 && report_) {
      report_({records_, static_cast<unsigned>(std::min<std::uint64_t>(
                             100, 100 * bytes_ / std::max<std::uint64_t>(fileSize_, 1)))});
    }
    visitor_.onRecord(Record(record), offset);
  }
  void onRecovered(const EvtRecord& record, EvtOffset offset) override {
    visitor_.onRecovered(Record(record), offset);
  }

 private:
  SavedLogVisitor& visitor_;
  const ReportProgress& report_;
  std::uint64_t fileSize_;
  std::uint64_t records_ = 0;
  std::uint64_t bytes_ = 0;
};

}  // namespace

SavedReading SavedEvt::read(SavedLogVisitor& visitor, const ReportProgress& report) {
  Walk walk(visitor, report, file_.size());
  return {file_.read(walk), std::nullopt};
}

std::optional<Error> SavedEvt::decode(std::span<const SavedPlace> places,
                                      const std::function<void(const LogEvent&)>& take) {
  std::optional<Error> error;
  for (const SavedPlace place : places) {
    if (const auto event = file_.decode(place)) {
      take(*event);
    } else {
      error = Error(ErrorKind::corrupt, "", 0, "the file has changed while it was read");
    }
  }
  return error;
}

}  // namespace imshealth
