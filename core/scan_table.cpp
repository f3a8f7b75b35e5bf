#include "core/alert.h"
#include "core/match.h"
#include "core/scan_output.h"
#include "core/status_code.h"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>

namespace imshealth {
namespace {

std::string timeText(std::int64_t seconds) {
  return toIso(timeFromSeconds(seconds));
}

/// Width on a terminal as far as it matters for a table: characters, not bytes.
std::size_t widthOf(const std::string& utf8) {
  return static_cast<std::size_t>(
      std::count_if(utf8.begin(), utf8.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

std::string padded(const std::string& text, std::size_t width) {
  const std::size_t own = widthOf(text);
  return own < width ? text + std::string(width - own, ' ') : text;
}

class ScanTable : public ScanOutput {
 public:
  ScanTable(std::ostream& out, bool listRecovered) : out_(out), listRecovered_(listRecovered) {}

  void add(const ScannedFile& scanned, const EvtFile& file) override {
    const EvtFileSummary& summary = scanned.summary;
    out_ << scanned.file << '\n';
    out_ << fmt::format("  {} records, {} damaged, {} gaps ({} records missing), {} recovered{}\n",
                        summary.records, summary.damaged, summary.gaps, summary.missing,
                        summary.recovered, summary.dirty ? ", not closed cleanly" : "");
    addFailures(scanned);
    addRelated(scanned);
    if (listRecovered_) {
      addRecovered(scanned, file);
    }
  }

  void addFailed(const std::string& file, const Error& error) override {
    out_ << file << "\n  not read: " << error.describe() << '\n';
  }

 private:
  void addFailures(const ScannedFile& scanned) {
    if (scanned.openFailures.empty()) {
      out_ << "  no counter library failed to open (Perflib 1008)\n";
      return;
    }
    out_ << fmt::format("  {} times a counter library failed to open (Perflib 1008):\n",
                        scanned.openFailures.size());
    std::size_t width = std::string_view("counter service").size();
    for (const auto& [key, group] : scanned.failures) {
      width = std::max(width, std::min<std::size_t>(widthOf(sanitise(group.counterService)), 40));
    }
    out_ << "  " << padded("counter service", width)
         << "  events  first                 last                  status\n";
    for (const auto& [key, group] : scanned.failures) {
      const auto& status = key.second;
      out_ << "  " << padded(sanitise(group.counterService), width)
           << fmt::format("  {:>6}  {}  {}  {}", group.events, timeText(group.first),
                          timeText(group.last), status ? describeStatus(*status) : "none");
      if (const StatusRow* row = status ? findStatus(*status) : nullptr) {
        out_ << ": " << row->meaning;
      }
      out_ << '\n';
    }
    if (scanned.otherFailures != 0) {
      out_ << fmt::format("  and {} of further services\n", scanned.otherFailures);
    }
  }

  void addRelated(const ScannedFile& scanned) {
    if (scanned.relatedEvents.empty()) {
      return;
    }
    out_ << "  beside them, with their number:";
    const char* separator = " ";
    for (const auto& [key, count] : scanned.relatedEvents) {
      out_ << separator << fmt::format("{} {} ({})", key.first, key.second, count);
      separator = ", ";
    }
    out_ << '\n';
  }

  void addRecovered(const ScannedFile& scanned, const EvtFile& file) {
    for (const EvtOffset offset : scanned.recovered) {
      if (const auto event = file.decode(offset)) {
        std::string strings;
        for (const std::string& text : event->strings) {
          strings += (strings.empty() ? "" : " | ") + sanitise(text);
        }
        out_ << fmt::format("  recovered {} {} {} {} {}\n", event->recordNumber,
                            timeText(event->timeGenerated), sanitise(event->source), event->code(),
                            strings);
      }
    }
  }

  std::ostream& out_;
  bool listRecovered_;
};

}  // namespace

std::unique_ptr<ScanOutput> scanTable(std::ostream& out, bool listRecovered) {
  return std::make_unique<ScanTable>(out, listRecovered);
}

}  // namespace imshealth
