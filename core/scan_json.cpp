// Hand-written, since it is the hot part of printing: tens of thousands of events, decoded one at a
// time.
#include "core/match.h"
#include "core/scan_output.h"
#include "core/status_code.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

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
      json += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
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
  json += fmt::format("{}", *status);
  if (const StatusRow* row = findStatus(*status)) {
    json += ",\"statusName\":";
    appendString(json, row->name);
    json += ",\"meaning\":";
    appendString(json, row->meaning);
  }
}

std::string_view meaningIn(const LogEvent& event) {
  return isFromPerflib(event)    ? meaningOf(RelatedSource::perflib, event.code())
         : isFromLoadPerf(event) ? meaningOf(RelatedSource::loadPerf, event.code())
                                 : std::string_view();
}

class ScanJson : public ScanOutput {
 public:
  ScanJson(std::ostream& out, bool listRecovered) : out_(out), listRecovered_(listRecovered) {}

  void begin() override { json_ += "{\"files\":["; }

  std::optional<Error> add(const ScannedFile& scanned, SavedLog& log) override {
    const EvtFileSummary& summary = scanned.summary;
    std::optional<Error> error = scanned.brokenOff;
    beginFile(scanned.file);
    json_ += fmt::format(
        ",\"records\":{},\"damaged\":{},\"gaps\":{},\"missing\":{},\"dirty\":{},"
        "\"wrapped\":{},\"endKnown\":{},\"openFailures\":[",
        summary.records, summary.damaged, summary.gaps, summary.missing, summary.dirty,
        summary.wrapped, summary.endKnown);
    addEach(scanned.openFailures, log, error,
            [this](const LogEvent& event) { addOpenFailure(event); });
    json_ += "],\"related\":[";
    addEach(scanned.related, log, error, [this](const LogEvent& event) { addEvent(event); });
    json_ += fmt::format("],\"recovered\":{}", summary.recovered);
    if (listRecovered_) {
      json_ += ",\"recoveredEvents\":[";
      addEach(scanned.recovered, log, error, [this](const LogEvent& event) { addEvent(event); });
      json_ += ']';
    }
    if (error) {
      addError(*error);
    }
    json_ += '}';
    return error;
  }

  void addFailed(const std::string& file, const Error& error) override {
    beginFile(file);
    addError(error);
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
    // A name outside of Windows is any bytes.
    using Json = nlohmann::json;
    json_ += Json(name).dump(-1, ' ', false, Json::error_handler_t::replace);
  }

  template <class Add>
  void addEach(std::span<const SavedPlace> places, SavedLog& log, std::optional<Error>& error,
               Add add) {
    bool comma = false;
    auto failed = log.decode(places, [&](const LogEvent& event) {
      if (comma) {
        json_ += ',';
      }
      comma = true;
      add(event);
      if (json_.size() >= writeAt) {
        flush();
      }
    });
    if (failed && !error) {
      error = std::move(failed);
    }
  }

  /// The file's name is told already.
  void addError(Error error) {
    error.where.clear();
    json_ += ",\"error\":";
    appendString(json_, error.describe());
    if (error.systemCode != 0) {
      json_ += fmt::format(",\"errorCode\":{}", error.systemCode);
    }
  }

  void addHead(const LogEvent& event) {
    json_ += fmt::format("{{\"record\":{},\"time\":\"{}\",\"timeGenerated\":{}", event.recordNumber,
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
    json_ += fmt::format(",\"id\":{}", event.code());
    const std::string_view meaning = meaningIn(event);
    if (!meaning.empty()) {
      json_ += ",\"meaning\":";
      appendString(json_, meaning);
    }
    json_ += ",\"strings\":[";
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
