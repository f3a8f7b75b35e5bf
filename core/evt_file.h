// A saved event log (.evt): clean, dirty, wrapped, split or damaged (Event Log File
// Format). Read in place, never written to, and no size in it is trusted before it has been
// compared with the file.
#pragma once

#include "core/error.h"
#include "core/evt_record.h"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace imshealth {

/// Where a record begins in the file. It may go on behind the header.
using EvtOffset = std::uint32_t;

/// Is told what the file holds, in the order of the log. The record is valid during the call only.
class EvtVisitor {
 public:
  virtual ~EvtVisitor() = default;
  virtual void onRecord(const EvtRecord&, EvtOffset) = 0;
  /// A leftover: whole, but overwritten as far as the log is concerned. After all records of the
  /// log.
  virtual void onRecovered(const EvtRecord&, EvtOffset) = 0;
};

struct EvtFileSummary {
  bool dirty = false;  ///< flag in the header: in use, or not closed cleanly; its offsets are stale
  bool wrapped = false;  ///< flag in the header
  /// The end-of-file record was found. Else the file was cut short, or the record overwritten; of a
  /// dirty one nothing says how many records are missing.
  bool endKnown = false;
  std::uint64_t records = 0;    ///< whole records that belong to the log
  std::uint64_t damaged = 0;    ///< records that fail the checks, and unreadable stretches
  std::uint64_t gaps = 0;       ///< places where record numbers are missing, the end among them
  std::uint64_t missing = 0;    ///< record numbers missing there
  std::uint64_t recovered = 0;  ///< leftovers
};

class EvtFile {
 public:
  /// Larger files are refused.
  static constexpr std::uint64_t largest = 1ull << 30;

  /// `bytes` are the whole file and outlive this. Error: kind unsupported (an .evtx, too large) or
  /// corrupt (no event log at all).
  static Result<EvtFile> open(std::span<const std::uint8_t> bytes);

  std::uint64_t size() const { return bytes_.size(); }

  /// Visits everything once.
  EvtFileSummary read(EvtVisitor&) const;

  /// The record at an offset that a visitor was given.
  std::optional<LogEvent> decode(EvtOffset) const;

 private:
  /// Of the header or of the end-of-file record.
  struct Ends {
    EvtOffset oldest = 0;
    EvtOffset end = 0;
    std::uint32_t nextNumber = 0;
    std::uint32_t oldestNumber = 0;
  };
  class Walk;

  explicit EvtFile(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  std::optional<Ends> header() const;
  std::optional<Ends> endRecordAt(EvtOffset) const;
  std::optional<Ends> findEnd(const std::optional<Ends>& header) const;
  std::optional<Ends> followToEnd(EvtOffset from) const;
  std::optional<Ends> searchEnd() const;
  EvtOffset beginBehind(const Ends& end) const;
  std::optional<EvtRecord> recordAt(EvtOffset, std::vector<std::uint8_t>& joined) const;
  std::uint32_t ringWord(std::uint64_t offset) const;
  bool isPlace(EvtOffset) const;
  std::uint64_t ring() const;
  std::uint64_t distance(EvtOffset from, EvtOffset to) const;
  EvtOffset advance(EvtOffset from, std::uint64_t by) const;

  std::span<const std::uint8_t> bytes_;  ///< a multiple of four
};

}  // namespace imshealth
