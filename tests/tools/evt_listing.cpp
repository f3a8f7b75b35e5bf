// Lists the records that belong to saved logs, one file beside each: FILE.listing, in the form of
// the expected listings, and FILE.summary with the counts. For tests/tools/evt_agreement.py.
#include "core/evt_file.h"

#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

namespace {

using namespace imshealth;

void writeField(std::ostream& out, const std::string& text) {
  for (const char c : text) {
    switch (c) {
      case '\\': out << "\\\\"; break;
      case '\t': out << "\\t"; break;
      case '\r': out << "\\r"; break;
      case '\n': out << "\\n"; break;
      case '|': out << "\\p"; break;
      default: out << c;
    }
  }
}

class Listing : public EvtVisitor {
 public:
  explicit Listing(std::ostream& out) : out_(out) {}

  void onRecord(const EvtRecord& record, EvtOffset) override {
    const LogEvent event = decodeEvtRecord(record);
    out_ << event.recordNumber << '\t' << event.timeGenerated << '\t' << event.code() << '\t';
    writeField(out_, event.source);
    const char* separator = "\t";
    for (const std::string& text : event.strings) {
      out_ << separator;
      writeField(out_, text);
      separator = "|";
    }
    out_ << (event.strings.empty() ? "\t\n" : "\n");
  }
  void onRecovered(const EvtRecord&, EvtOffset) override {}

 private:
  std::ostream& out_;
};

bool list(const std::string& name) {
  std::ifstream in(name, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  const std::vector<std::uint8_t> bytes(text.begin(), text.end());
  const auto file = EvtFile::open(bytes);
  if (!file) {
    std::cerr << name << ": " << file.error().describe() << '\n';
    return false;
  }
  std::ofstream out(name + ".listing", std::ios::binary);
  Listing listing(out);
  const EvtFileSummary summary = file->read(listing);
  std::ofstream(name + ".summary")
      << summary.records << ' ' << summary.damaged << ' ' << summary.gaps << ' ' << summary.missing
      << ' ' << summary.recovered << '\n';
  return true;
}

}  // namespace

int main(int count, char** names) {
  bool good = true;
  for (int i = 1; i < count; ++i) {
    good = list(names[i]) && good;
  }
  return good ? 0 : 1;
}
