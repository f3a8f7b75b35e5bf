#include "core/scan.h"

#include "config/ascii.h"
#include "core/match.h"

#include <algorithm>
#include <chrono>

namespace imshealth {
namespace {

/// The order of the log is not that of the senders' clocks.
template <class Group>
void countIn(Group& group, std::int64_t time) {
  group.first = group.events == 0 ? time : std::min(group.first, time);
  group.last = group.events == 0 ? time : std::max(group.last, time);
  ++group.events;
}

class Scan : public SavedLogVisitor {
 public:
  Scan(ScannedFile& result, const ScanWindow& window) : result_(result), window_(window) {}

  void onRecord(const SavedRecord& record, SavedPlace place) override {
    if (record.isFromPerflib()) {
      if (window_.contains(record.timeGenerated())) {
        notePerflib(record, place);
      }
    } else if (record.isFromLoadPerf() && window_.contains(record.timeGenerated())) {
      noteRelated(RelatedSource::loadPerf, record, place);
    }
  }

  void onRecovered(const SavedRecord& record, SavedPlace place) override {
    if (window_.contains(record.timeGenerated())) {
      result_.recovered.push_back(place);
    }
  }

 private:
  void notePerflib(const SavedRecord& record, SavedPlace place) {
    if (record.code() != openFailedEvent) {
      noteRelated(RelatedSource::perflib, record, place);
      return;
    }
    result_.openFailures.push_back(place);
    const LogEvent event = record.decode();
    const std::string service = event.strings.empty() ? std::string() : event.strings[0];
    const auto key = std::pair(lowerCase(service), statusOf(event));
    if (result_.failures.size() >= ScannedFile::mostGroups && !result_.failures.count(key)) {
      ++result_.otherFailures;
      return;
    }
    FailureGroup& group = result_.failures[key];
    if (group.events == 0) {
      group.counterService = service;
    }
    countIn(group, event.timeGenerated);
  }

  void noteRelated(RelatedSource source, const SavedRecord& record, SavedPlace place) {
    result_.related.push_back(place);
    countIn(result_.relatedEvents[{source, record.code()}], record.timeGenerated());
  }

  ScannedFile& result_;
  const ScanWindow& window_;
};

/// Digits of a fixed width at the front of `text`, which they are taken from.
std::optional<int> takeDigits(std::string_view& text, std::size_t width) {
  if (text.size() < width) {
    return std::nullopt;
  }
  int value = 0;
  for (const char c : text.substr(0, width)) {
    if (c < '0' || c > '9') {
      return std::nullopt;
    }
    value = value * 10 + (c - '0');
  }
  text.remove_prefix(width);
  return value;
}

bool takeChar(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) {
    return false;
  }
  text.remove_prefix(1);
  return true;
}

/// "22:15" or "22:15:00", then perhaps Z; seconds of the day.
std::optional<int> parseTimeOfDay(std::string_view text) {
  const auto hour = takeDigits(text, 2);
  if (!hour || *hour > 23 || !takeChar(text, ':')) {
    return std::nullopt;
  }
  const auto minute = takeDigits(text, 2);
  if (!minute || *minute > 59) {
    return std::nullopt;
  }
  int second = 0;
  if (takeChar(text, ':')) {
    const auto digits = takeDigits(text, 2);
    if (!digits || *digits > 59) {
      return std::nullopt;
    }
    second = *digits;
  }
  takeChar(text, 'Z');
  if (!text.empty()) {
    return std::nullopt;
  }
  return (*hour * 60 + *minute) * 60 + second;
}

}  // namespace

std::optional<std::int64_t> parseScanTime(std::string_view text) {
  const auto year = takeDigits(text, 4);
  if (!year || !takeChar(text, '-')) {
    return std::nullopt;
  }
  const auto month = takeDigits(text, 2);
  if (!month || !takeChar(text, '-')) {
    return std::nullopt;
  }
  const auto day = takeDigits(text, 2);
  if (!day) {
    return std::nullopt;
  }
  using namespace std::chrono;
  const year_month_day date(std::chrono::year(*year),
                            std::chrono::month(static_cast<unsigned>(*month)),
                            std::chrono::day(static_cast<unsigned>(*day)));
  if (!date.ok()) {
    return std::nullopt;
  }
  std::int64_t result = duration_cast<seconds>(sys_days(date).time_since_epoch()).count();
  if (!text.empty()) {
    if (!takeChar(text, 'T') && !takeChar(text, ' ')) {
      return std::nullopt;
    }
    const auto time = parseTimeOfDay(text);
    if (!time) {
      return std::nullopt;
    }
    result += *time;
  }
  return result;
}

ScannedFile scanFile(std::string name, SavedLog& log, const ScanWindow& window,
                     const ReportProgress& progress) {
  ScannedFile result;
  result.file = std::move(name);
  Scan scan(result, window);
  SavedReading reading = log.read(scan, progress);
  result.summary = reading.summary;
  result.brokenOff = std::move(reading.brokenOff);
  return result;
}

}  // namespace imshealth
