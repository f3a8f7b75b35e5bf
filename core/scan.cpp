#include "core/scan.h"

#include "core/ascii.h"
#include "core/match.h"

#include <algorithm>
#include <chrono>

namespace imshealth {
namespace {

constexpr std::uint16_t openFailed = 1008;
constexpr std::uint64_t recordsPerProgress = 1 << 16;

bool isOfPerflib(const EvtRecord& record) {
  return hasSource(record, "Perflib") || hasSource(record, "Microsoft-Windows-Perflib");
}

bool isOfLoadPerf(const EvtRecord& record) {
  return hasSource(record, "LoadPerf") || hasSource(record, "Microsoft-Windows-LoadPerf");
}

class Scan : public EvtVisitor {
 public:
  Scan(ScannedFile& result, const ScanWindow& window,
       const std::function<void(std::uint64_t)>& progress)
      : result_(result), window_(window), progress_(progress) {}

  void onRecord(const EvtRecord& record, EvtOffset offset) override {
    if (++seen_ % recordsPerProgress == 0 && progress_) {
      progress_(seen_);
    }
    if (isOfPerflib(record)) {
      if (window_.contains(record.timeGenerated)) {
        notePerflib(record, offset);
      }
    } else if (isOfLoadPerf(record) && window_.contains(record.timeGenerated)) {
      noteRelated("LoadPerf", record, offset);
    }
  }

  void onRecovered(const EvtRecord& record, EvtOffset offset) override {
    if (window_.contains(record.timeGenerated)) {
      result_.recovered.push_back(offset);
    }
  }

 private:
  void notePerflib(const EvtRecord& record, EvtOffset offset) {
    if (record.code() != openFailed) {
      noteRelated("Perflib", record, offset);
      return;
    }
    result_.openFailures.push_back(offset);
    const LogEvent event = decodeEvtRecord(record);
    const std::string service = event.strings.empty() ? std::string() : event.strings[0];
    std::string lower = service;
    std::transform(lower.begin(), lower.end(), lower.begin(), asciiLower);
    const auto key = std::pair(std::move(lower), statusOf(event));
    if (result_.failures.size() >= ScannedFile::mostGroups && !result_.failures.count(key)) {
      ++result_.otherFailures;
      return;
    }
    FailureGroup& group = result_.failures[key];
    if (group.events++ == 0) {
      group.counterService = service;
      group.first = event.timeGenerated;
    }
    group.last = event.timeGenerated;
  }

  void noteRelated(const char* source, const EvtRecord& record, EvtOffset offset) {
    result_.related.push_back(offset);
    ++result_.relatedEvents[{source, record.code()}];
  }

  ScannedFile& result_;
  const ScanWindow& window_;
  const std::function<void(std::uint64_t)>& progress_;
  std::uint64_t seen_ = 0;
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

ScannedFile scanFile(std::string name, const EvtFile& file, const ScanWindow& window,
                     const std::function<void(std::uint64_t)>& progress) {
  ScannedFile result;
  result.file = std::move(name);
  Scan scan(result, window, progress);
  result.summary = file.read(scan);
  return result;
}

}  // namespace imshealth
