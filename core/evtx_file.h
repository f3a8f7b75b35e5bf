// A saved event log of Windows Vista and later (.evtx). Its binary XML is decoded by Windows alone:
// what is decided here is what an error of a call means. The calls are a small port;
// service/evtx_log.h makes them, the tests script them.
#pragma once

#include "core/saved_log.h"
#include "core/winevt_reader.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace imshealth {

/// EvtQuery on one file and what belongs to it. Results are Win32 codes, captured at the failing
/// call; 0 is success.
class EvtxApi {
 public:
  virtual ~EvtxApi() = default;
  /// EvtQuery for every event, in the order of the file, from the first one on; once more: anew.
  virtual std::uint32_t query() = 0;
  /// EvtSeek: the next event is the one with this many before it. An error where there is none.
  virtual std::uint32_t seek(std::uint64_t before) = 0;

  struct Batch {
    std::uint32_t error = 0;
    unsigned count = 0;
  };
  /// EvtNext. The events stay until the next call.
  virtual Batch next(unsigned atMost) = 0;
  /// EvtRender with EvtRenderContextSystem of an event of the batch, everything but the values.
  virtual WinevtRecord renderSystem(unsigned event) = 0;
  /// EvtRender with EvtRenderContextUser: the values. An error is in the record.
  virtual void renderValues(unsigned event, WinevtRecord&) = 0;

  /// EvtGetLogInfo: how many events there are, where that can be told.
  virtual std::optional<std::uint64_t> count() = 0;
};

/// What the first bytes of a file say.
struct EvtxHeader {
  static constexpr std::size_t size = 128;

  bool dirty = false;  ///< in use, or not closed cleanly

  /// Nothing: this is no .evtx.
  static std::optional<EvtxHeader> of(std::span<const std::uint8_t> beginning);
};

/// The answer of every system that has no wevtapi.
Error evtxNeedsWindows();

class EvtxFile : public SavedLog {
 public:
  static constexpr unsigned batchSize = 32;  ///< more may be too large for one answer (1734)

  /// `name` for errors. Error: what EvtQuery says.
  static Result<std::unique_ptr<EvtxFile>> open(std::string name, const EvtxHeader&,
                                                std::unique_ptr<EvtxApi>);

  /// A record that cannot be rendered, or is too large to be had, counts as damaged.
  SavedReading read(SavedLogVisitor&, const ReportProgress& = {}) override;
  /// Reads the file once more, up to the last of the places, which go up. So nothing but their
  /// numbers is kept of a log that may hold millions.
  std::optional<Error> decode(std::span<const SavedPlace>,
                              const std::function<void(const LogEvent&)>&) override;

 private:
  EvtxFile(std::string name, const EvtxHeader& header, std::unique_ptr<EvtxApi> api)
      : name_(std::move(name)), header_(header), api_(std::move(api)) {}

  template <class Take, class PassOver>
  std::optional<Error> walk(Take take, PassOver passOver);
  WinevtRecord render(unsigned event);
  Error errorOf(const char* call, std::uint32_t code) const;

  std::string name_;
  EvtxHeader header_;
  std::unique_ptr<EvtxApi> api_;
  bool fresh_ = true;  ///< the query stands before the first event
};

}  // namespace imshealth
