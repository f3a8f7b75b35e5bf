// A saved event log of either format, as scan and replay read it: an .evt, which core reads itself
// (saved_evt), and an .evtx, which Windows reads (evtx_file).
#pragma once

#include "core/error.h"
#include "core/event.h"
#include "core/evt_file.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>

namespace imshealth {

/// Where a record is found again: its offset in an .evt, its place in the order of an .evtx.
using SavedPlace = std::uint32_t;

/// A record as it is met, valid during the call only. Decoding is what costs.
class SavedRecord {
 public:
  virtual ~SavedRecord() = default;
  virtual bool isFromPerflib() const = 0;
  virtual bool isFromLoadPerf() const = 0;
  virtual std::uint16_t code() const = 0;
  virtual std::int64_t timeGenerated() const = 0;
  virtual LogEvent decode() const = 0;  ///< values only where it is from Perflib or LoadPerf
};

/// Is told what the log holds, in its order.
class SavedLogVisitor {
 public:
  virtual ~SavedLogVisitor() = default;
  virtual void onRecord(const SavedRecord&, SavedPlace) = 0;
  /// A leftover (.evt only), after all records of the log.
  virtual void onRecovered(const SavedRecord&, SavedPlace) = 0;
};

/// Called now and then while a log is read.
struct ReadingProgress {
  std::uint64_t records = 0;
  std::optional<unsigned> percent;  ///< where it can be known
};
using ReportProgress = std::function<void(const ReadingProgress&)>;

struct SavedReading {
  EvtFileSummary summary;
  std::optional<Error> brokenOff;  ///< why what comes behind could not be read
};

class SavedLog {
 public:
  virtual ~SavedLog() = default;
  /// Visits everything once.
  virtual SavedReading read(SavedLogVisitor&, const ReportProgress& = {}) = 0;
  /// The records at places that a visitor was given, in the same order. The reason where some are
  /// left out, the file having changed under us for instance.
  virtual std::optional<Error> decode(std::span<const SavedPlace>,
                                      const std::function<void(const LogEvent&)>&) = 0;
};

}  // namespace imshealth
