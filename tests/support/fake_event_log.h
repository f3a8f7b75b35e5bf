// An Application log in memory behind both ports, with a fault at any call: what the readers are
// held to is the same for both.
#pragma once

#include "core/classic_reader.h"
#include "core/win32_codes.h"
#include "core/winevt_reader.h"
#include "tests/support/evt_bytes.h"

#include <algorithm>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

namespace imshealth::test {

struct FakeRecord {
  std::uint32_t number = 0;
  std::int64_t time = 0;
  std::u16string name;  ///< its one string; tests recognise records by it
  bool matching = true;
  bool damaged = false;
  bool unusable = false;  ///< its length leads nowhere
};

class FakeLog {
 public:
  std::deque<FakeRecord> records;
  std::uint32_t next = 1;
  std::int64_t clock = 10'000;
  int generation = 0;                   ///< handles of an earlier one are stale
  int serviceStarts = 0;                ///< handles of an earlier start are stale
  std::uint32_t serviceError = 0;       ///< the log service is down: every call says so
  std::map<int, std::uint32_t> faults;  ///< by number of the call, from 1

  FakeRecord& write(const std::string& name, bool matching = true) {
    FakeRecord record;
    record.number = next++;
    record.time = clock++;
    record.name.assign(name.begin(), name.end());
    record.matching = matching;
    records.push_back(record);
    return records.back();
  }
  void writeOther() { write("other", false); }
  void overwrite(std::size_t count) {
    for (; count > 0 && !records.empty(); --count) {
      records.pop_front();
    }
  }
  /// As NT to 2003 do (numbers begin at 1 again), or as Vista and later do (they go on).
  void clear(bool numbersGoOn) {
    records.clear();
    ++generation;
    if (!numbersGoOn) {
      next = 1;
    }
  }
  void stopService(std::uint32_t error) { serviceError = error; }
  void startService() {
    serviceError = 0;
    ++serviceStarts;
  }
  /// The nth call from now, and as many as `times` in a row, fail.
  void failCalls(int nth, std::uint32_t error, int times) {
    for (int i = 0; i < times; ++i) {
      faults[calls_ + nth + i] = error;
    }
  }
  int calls() const { return calls_; }
  /// One call of the API. Returns its error or 0.
  std::uint32_t enter() {
    ++calls_;
    if (const auto fault = faults.find(calls_); fault != faults.end()) {
      return fault->second;
    }
    return serviceError;
  }
  /// One call on a handle that was opened at that start of the service.
  std::uint32_t enter(int openedAtStart) {
    const auto error = enter();
    return error != 0 || openedAtStart == serviceStarts ? error : win32::invalidHandle;
  }

 private:
  int calls_ = 0;
};

class FakeClassicApi : public ClassicLogApi {
 public:
  explicit FakeClassicApi(FakeLog& log) : log_(log) {}

  bool seekFails = false;  ///< NT 4.0 with a log of 2 MB and more
  std::size_t recordsPerRead = 3;
  int opened = 0, closed = 0;

  std::uint32_t open() override {
    if (const auto error = log_.enter()) {
      return error;
    }
    ++opened;
    generation_ = log_.generation;
    serviceStart_ = log_.serviceStarts;
    position_ = 0;
    started_ = false;
    return 0;
  }
  void close() override { ++closed; }

  ReadResult readNext(std::span<std::uint8_t> buffer) override {
    if (const auto error = enter()) {
      return {error, 0};
    }
    if (!started_ && !log_.records.empty()) {
      position_ = log_.records.front().number;
      started_ = true;
    }
    return copy(buffer);
  }
  ReadResult readFrom(std::uint32_t number, std::span<std::uint8_t> buffer) override {
    if (const auto error = enter()) {
      return {error, 0};
    }
    const bool there = std::any_of(log_.records.begin(), log_.records.end(),
                                   [&](const FakeRecord& r) { return r.number == number; });
    if (seekFails || !there) {
      return {win32::invalidParameter, 0};
    }
    position_ = number;
    started_ = true;
    return copy(buffer);
  }
  NumberResult oldest() override {
    if (const auto error = log_.enter(serviceStart_)) {
      return {error, 0};
    }
    return {0, log_.records.empty() ? 0 : log_.records.front().number};
  }
  NumberResult count() override {
    if (const auto error = log_.enter(serviceStart_)) {
      return {error, 0};
    }
    return {0, static_cast<std::uint32_t>(log_.records.size())};
  }

 private:
  std::uint32_t enter() {
    if (const auto error = log_.enter(serviceStart_)) {
      return error;
    }
    return generation_ == log_.generation ? 0 : win32::eventLogFileChanged;
  }

  ReadResult copy(std::span<std::uint8_t> buffer) {
    ReadResult result;
    std::size_t left = recordsPerRead;
    for (const FakeRecord& record : log_.records) {
      if (static_cast<std::int32_t>(record.number - position_) < 0) {
        continue;
      }
      if (left-- == 0) {
        break;
      }
      Bytes bytes = bytesOf(record);
      std::copy(bytes.begin(), bytes.end(),
                buffer.begin() + static_cast<std::ptrdiff_t>(result.bytes));
      result.bytes += bytes.size();
      next_ = record.number + 1;
    }
    if (result.bytes == 0) {
      return {win32::handleEof, 0};
    }
    position_ = next_;
    return result;
  }

  static Bytes bytesOf(const FakeRecord& record) {
    RecordParts parts;
    parts.number = record.number;
    parts.timeGenerated = parts.timeWritten = static_cast<std::uint32_t>(record.time);
    parts.strings = {record.name};
    if (!record.matching) {
      parts.source = u"Noise";
    }
    Bytes bytes = makeRecord(parts);
    if (record.damaged) {
      patch32(bytes, 36, 0xFFFFFFF0);
    }
    if (record.unusable) {
      patch32(bytes, 0, 0);
    }
    return bytes;
  }

  FakeLog& log_;
  int generation_ = 0;
  int serviceStart_ = 0;
  std::uint32_t position_ = 0;
  std::uint32_t next_ = 0;
  bool started_ = false;
};

class FakeWinevtApi : public WinevtApi {
 public:
  explicit FakeWinevtApi(FakeLog& log) : log_(log) {}

  unsigned largestBatch = 1000;    ///< a larger one gives 1734, position moved
  std::uint32_t unrenderable = 0;  ///< number of a record that EvtRender fails on
  std::vector<Start> starts;
  std::vector<unsigned> batches;

  std::uint32_t subscribe(Start start, const std::string& bookmark) override {
    starts.push_back(start);
    if (const auto error = log_.enter()) {
      return error;
    }
    generation_ = log_.generation;
    serviceStart_ = log_.serviceStarts;
    strict_ = start == Start::afterStrict;
    position_ = 0;
    if (start != Start::oldest) {
      const auto id = static_cast<std::uint32_t>(std::stoul(bookmark));
      const bool there = std::any_of(log_.records.begin(), log_.records.end(),
                                     [&](const FakeRecord& r) { return r.number == id; });
      if (strict_ && !there) {
        return win32::notFound;
      }
      position_ = id + 1;
    }
    return 0;
  }
  void close() override {}

  Batch next(unsigned atMost) override {
    batches.push_back(atMost);
    Batch batch;
    batch.error = log_.enter(serviceStart_);
    if (batch.error != 0) {
      return batch;
    }
    if (generation_ != log_.generation ||
        (strict_ && !log_.records.empty() && position_ + 1 < log_.records.front().number)) {
      batch.error = win32::evtQueryResultStale;
      return batch;
    }
    for (const FakeRecord& record : log_.records) {
      if (record.number < position_ || !record.matching) {
        continue;
      }
      if (batch.records.size() == atMost) {
        break;
      }
      WinevtRecord rendered;
      rendered.recordId = record.number;
      rendered.timeCreated = record.time;
      rendered.provider = "Perflib";
      rendered.eventId = 1008;
      rendered.level = 2;
      rendered.values = {std::string(record.name.begin(), record.name.end())};
      rendered.error = render(record.number);
      batch.records.push_back(rendered);
      position_ = record.number + 1;
    }
    if (batch.records.size() > largestBatch) {
      batch.records.clear();
      batch.error = win32::rpcInvalidBound;
    } else if (batch.records.empty()) {
      batch.error = win32::noMoreItems;
    } else {
      batch.bookmark = renderBookmark(batch.records.back().recordId);
    }
    return batch;
  }
  LogState logState() override {
    if (const auto error = log_.enter()) {
      return {error, 0, 0};
    }
    return {0, log_.records.empty() ? 0 : log_.records.front().number, log_.records.size()};
  }

 private:
  /// EvtRender of the system properties, then of the user's values.
  std::uint32_t render(std::uint32_t number) {
    if (number == unrenderable) {
      return 15003;
    }
    const auto error = log_.enter();
    return error != 0 ? error : log_.enter();
  }
  /// EvtUpdateBookmark, then EvtRender.
  std::string renderBookmark(std::uint64_t id) {
    return log_.enter() != 0 || log_.enter() != 0 ? std::string() : std::to_string(id);
  }

  FakeLog& log_;
  int generation_ = 0;
  int serviceStart_ = 0;
  bool strict_ = false;
  std::uint32_t position_ = 0;
};

}  // namespace imshealth::test
