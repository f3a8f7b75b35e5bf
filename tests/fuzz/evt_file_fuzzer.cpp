// Any bytes as a saved event log: no read outside them, no hang, and a report that adds up.
#include "core/saved_evt.h"
#include "core/scan_output.h"

#include <cstdlib>
#include <sstream>

namespace {

using namespace imshealth;

void require(bool holds) {
  if (!holds)
    std::abort();
}

class Counting : public EvtVisitor {
 public:
  explicit Counting(const EvtFile& file) : file_(file) {}
  std::uint64_t records = 0, recovered = 0, bytes = 0;

  void onRecord(const EvtRecord& record, EvtOffset offset) override {
    ++records;
    visit(record, offset);
  }
  void onRecovered(const EvtRecord& record, EvtOffset offset) override {
    ++recovered;
    visit(record, offset);
  }

 private:
  void visit(const EvtRecord& record, EvtOffset offset) {
    bytes += record.bytes.size();
    const auto again = file_.decode(offset);
    require(again && again->recordNumber == record.number);
  }

  const EvtFile& file_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto file = EvtFile::open({data, size});
  if (!file)
    return 0;
  Counting counting(*file);
  const EvtFileSummary summary = file->read(counting);
  require(summary.records == counting.records && summary.recovered == counting.recovered);
  require(counting.bytes <= size);  // no byte belongs to two records

  std::ostringstream out;
  for (const auto& output : {scanJson(out, true), scanTable(out, true)}) {
    output->begin();
    SavedEvt log(*file);
    require(!output->add(scanFile("log.evt", log, {}), log));
    output->end();
  }
  require(!out.str().empty());
  return 0;
}
