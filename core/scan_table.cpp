#include "config/place.h"
#include "core/alert.h"
#include "core/counted.h"
#include "core/match.h"
#include "core/scan_output.h"
#include "core/status_code.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <ostream>

namespace imshealth {
namespace {

std::string timeText(std::int64_t seconds) {
  return toIso(timeFromSeconds(seconds));
}

/// Width on a terminal as far as it matters for a table: characters, not bytes.
std::size_t widthOf(const std::string& utf8) {
  return static_cast<std::size_t>(std::ranges::count_if(utf8, std::not_fn(isContinuation)));
}

std::string padded(const std::string& text, std::size_t width) {
  const std::size_t own = widthOf(text);
  return own < width ? text + std::string(width - own, ' ') : text;
}

constexpr std::size_t mostRelated = 40;  ///< lines; ids are chosen by whoever writes an event

class ScanTable : public ScanOutput {
 public:
  ScanTable(std::ostream& out, bool listRecovered) : out_(out), listRecovered_(listRecovered) {}

  std::optional<Error> add(const ScannedFile& scanned, SavedLog& log) override {
    std::optional<Error> error = scanned.brokenOff;
    const EvtFileSummary& summary = scanned.summary;
    out_ << scanned.file << '\n';
    // The header of a log that was not closed lags behind.
    const bool isLeast = summary.dirty && !summary.endKnown && summary.missing != 0;
    out_ << fmt::format("  {}, {} damaged, {} ({}{} missing), {} recovered{}{}\n",
                        counted(summary.records, "record"), summary.damaged,
                        counted(summary.gaps, "gap"), isLeast ? "at least " : "",
                        counted(summary.missing, "record"), summary.recovered,
                        summary.dirty ? ", not closed cleanly" : "",
                        summary.endKnown ? "" : ", its end is missing");
    if (scanned.brokenOff) {
      out_ << "  not read to its end\n";
    }
    addFailures(scanned);
    addRelated(scanned);
    if (listRecovered_) {
      auto failed = addRecovered(scanned, log);
      if (failed && !error) {
        error = std::move(failed);
      }
    }
    return error;
  }

  /// There is nothing to list.
  void addFailed(const std::string&, const Error&) override {}

 private:
  void addFailures(const ScannedFile& scanned) {
    if (scanned.openFailures.empty()) {
      out_ << "  no counter library failed to open (Perflib 1008)\n";
      return;
    }
    out_ << fmt::format("  {} a counter library failed to open (Perflib 1008):\n",
                        counted(scanned.openFailures.size(), "time"));
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
      if (status) {
        const StatusRow* row = findStatus(*status);
        out_ << ": " << (row ? row->meaning : "meaning not known");
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
    out_ << "  what else Perflib and LoadPerf logged:\n"
            "  event          events  first                 last                  meaning\n";
    std::size_t lines = 0;
    std::uint64_t others = 0;
    for (const auto& [key, group] : scanned.relatedEvents) {
      const auto& [source, id] = key;
      if (++lines > mostRelated) {
        others += group.events;
        continue;
      }
      const std::string_view meaning = meaningOf(source, id);
      out_ << fmt::format("  {:<8} {:<5} {:>6}  {}  {}  {}\n", toString(source), id, group.events,
                          timeText(group.first), timeText(group.last),
                          meaning.empty() ? "not known" : meaning);
    }
    if (others != 0) {
      out_ << fmt::format("  and {} of further ids\n", others);
    }
  }

  std::optional<Error> addRecovered(const ScannedFile& scanned, SavedLog& log) {
    return log.decode(scanned.recovered, [this](const LogEvent& event) {
      std::string strings;
      for (const std::string& text : event.strings) {
        strings += (strings.empty() ? "" : " | ") + sanitise(text);
      }
      out_ << fmt::format("  recovered {} {} {} {} {}\n", event.recordNumber,
                          timeText(event.timeGenerated), sanitise(event.source), event.code(),
                          strings);
    });
  }

  std::ostream& out_;
  bool listRecovered_;
};

}  // namespace

std::unique_ptr<ScanOutput> scanTable(std::ostream& out, bool listRecovered) {
  return std::make_unique<ScanTable>(out, listRecovered);
}

}  // namespace imshealth
