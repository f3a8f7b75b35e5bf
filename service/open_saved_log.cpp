#include "service/open_saved_log.h"

#include "core/saved_evt.h"
#include "service/map_file.h"

#include <utility>

namespace imshealth {
namespace {

class MappedEvt : public SavedLog {
 public:
  MappedEvt(MappedFile bytes, EvtFile file) : bytes_(std::move(bytes)), evt_(std::move(file)) {}

  SavedReading read(SavedLogVisitor& visitor, const ReportProgress& report) override {
    return evt_.read(visitor, report);
  }
  std::optional<Error> decode(std::span<const SavedPlace> places,
                              const std::function<void(const LogEvent&)>& use) override {
    return evt_.decode(places, use);
  }

 private:
  MappedFile bytes_;
  SavedEvt evt_;
};

Error named(Error error, const std::string& file) {
  error.where = file;
  return error;
}

}  // namespace

Result<std::unique_ptr<SavedLog>> openSavedLog(const std::string& file) {
  // Not mapped before it is known to be an .evt: an .evtx may be larger than a 32-bit process.
  const auto beginning = readBeginning(file, EvtxHeader::size);
  if (!beginning) {
    return named(beginning.error(), file);
  }
  if (const auto header = EvtxHeader::of(*beginning)) {
    auto evtx = openEvtx(file, *header);
    return evtx ? std::move(evtx) : named(evtx.error(), file);
  }
  auto mapped = MappedFile::open(file);
  if (!mapped) {
    return named(mapped.error(), file);
  }
  auto evt = EvtFile::open(mapped->bytes());
  if (!evt) {
    return named(evt.error(), file);
  }
  return std::make_unique<MappedEvt>(std::move(*mapped), std::move(*evt));
}

}  // namespace imshealth
