// Hand-written, since it is the hot part of printing: tens of thousands of events, decoded one at a
// time.
#include "core/match.h"
#include "core/scan_output.h"
#include "core/status_code.h"

#include <fmt/format.h>

#include <iterator>
#include <ostream>
#include <span>

namespace imshealth {
namespace {

constexpr std::size_t writeAt = 1 << 16;

/// `text` is valid UTF-8: everything from a record went through utf8FromUtf16.
void appendString(std::string& json, std::string_view text) {
  json += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      json += '\\';
      json += c;
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      fmt::format_to(std::back_inserter(json), "\\u{:04x}", static_cast<unsigned>(c));
    } else {
      json += c;
    }
  }
  json += '"';
}

void appendStatus(std::string& json, std::optional<std::uint32_t> status) {
  if (!status) {
    json += "null";
    return;
  }
  fmt::format_to(std::back_inserter(json), "{}", *status);
  if (const StatusRow* row = findStatus(*status)) {
    json += ",\"statusName\":";
    appendString(json, row->name);
    json += ",\"meaning\":";
    appendString(json, row->meaning);
  }
}

class ScanJson : public ScanOutput {
 public:
  ScanJson(std::ostream& out, bool listRecovered) : out_(out), listRecovered_(listRecovered) {}

  void begin() override { json_ += "{\"files\":["; }

  void add(const ScannedFile& scanned, const EvtFile& file) override {
    const EvtFileSummary& summary = scanned.summary;
    beginFile(scanned.file);
    fmt::format_to(std::back_inserter(json_),
                   ",\"records\":{},\"damaged\":{},\"gaps\":{},\"missing\":{},\"dirty\":{},"
                   "\"wrapped\":{},\"openFailures\":[",
                   summary.records, summary.damaged, summary.gaps, summary.missing, summary.dirty,
                   summary.wrapped);
    addEach(scanned.openFailures, file, [this](const LogEvent& event) { addOpenFailure(event); });
    json_ += "],\"related\":[";
    addEach(scanned.related, file, [this](const LogEvent& event) { addEvent(event); });
    fmt::format_to(std::back_inserter(json_), "],\"recovered\":{}", summary.recovered);
    if (listRecovered_) {
      json_ += ",\"recoveredEvents\":[";
      addEach(scanned.recovered, file, [this](const LogEvent& event) { addEvent(event); });
      json_ += ']';
    }
    json_ += '}';
  }

  void addFailed(const std::string& file, const Error& error) override {
    beginFile(file);
    json_ += ",\"error\":";
    appendString(json_, error.describe());
    json_ +=
        ",\"records\":0,\"damaged\":0,\"gaps\":0,\"openFailures\":[],\"related\":[],\"recovered\":"
        "0}";
  }

  void end() override {
    json_ += "]}\n";
    flush();
  }

 private:
  void beginFile(const std::string& name) {
    json_ += first_ ? "{\"file\":" : ",{\"file\":";
    first_ = false;
    appendString(json_, name);
  }

  template <class Add>
  void addEach(std::span<const EvtOffset> offsets, const EvtFile& file, Add add) {
    bool comma = false;
    for (const EvtOffset offset : offsets) {
      const auto event = file.decode(offset);
      if (!event) {
        continue;  // the file has changed under us
      }
      if (comma) {
        json_ += ',';
      }
      comma = true;
      add(*event);
      if (json_.size() >= writeAt) {
        flush();
      }
    }
  }

  void addHead(const LogEvent& event) {
    fmt::format_to(std::back_inserter(json_),
                   "{{\"record\":{},\"time\":\"{}\",\"timeGenerated\":{}", event.recordNumber,
                   toIso(timeFromSeconds(event.timeGenerated)), event.timeGenerated);
  }

  void addOpenFailure(const LogEvent& event) {
    addHead(event);
    json_ += ",\"counterService\":";
    appendString(json_, event.strings.empty() ? std::string_view() : event.strings[0]);
    json_ += ",\"library\":";
    appendString(json_, event.strings.size() < 2 ? std::string_view() : event.strings[1]);
    json_ += ",\"status\":";
    appendStatus(json_, statusOf(event));
    json_ += '}';
  }

  void addEvent(const LogEvent& event) {
    addHead(event);
    json_ += ",\"source\":";
    appendString(json_, event.source);
    fmt::format_to(std::back_inserter(json_), ",\"id\":{},\"strings\":[", event.code());
    for (std::size_t i = 0; i < event.strings.size(); ++i) {
      if (i != 0) {
        json_ += ',';
      }
      appendString(json_, event.strings[i]);
    }
    json_ += "]}";
  }

  void flush() {
    out_.write(json_.data(), static_cast<std::streamsize>(json_.size()));
    json_.clear();
  }

  std::ostream& out_;
  bool listRecovered_;
  bool first_ = true;
  std::string json_;
};

}  // namespace

std::unique_ptr<ScanOutput> scanJson(std::ostream& out, bool listRecovered) {
  return std::make_unique<ScanJson>(out, listRecovered);
}

}  // namespace imshealth
