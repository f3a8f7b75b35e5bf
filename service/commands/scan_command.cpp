// imshealth scan FILE…
#include "core/scan_output.h"
#include "service/commands/commands.h"
#include "service/commands/reading_progress.h"
#include "service/open_saved_log.h"

#include <memory>
#include <ostream>

namespace imshealth {
namespace {

struct ScanOptions {
  std::vector<std::string> files;
  std::optional<std::string> since, until;
  bool json = false;
  bool recovered = false;
};

std::optional<ScanWindow> windowOf(const ScanOptions& options, std::ostream& err) {
  ScanWindow window;
  const auto read = [&](const char* name, const std::optional<std::string>& text,
                        std::optional<std::int64_t>& value) {
    if (!text) {
      return true;
    }
    value = parseScanTime(*text);
    if (!value) {
      err << "imshealth: " << name << ": not a time: \"" << *text
          << "\" (write 2000-01-31 or 2000-01-31T22:15, UTC)\n";
    }
    return value.has_value();
  };
  if (!read("--since", options.since, window.since) ||
      !read("--until", options.until, window.until)) {
    return std::nullopt;
  }
  if (window.since && window.until && *window.since >= *window.until) {
    err << "imshealth: --since is not before --until, so no event can lie between them\n";
    return std::nullopt;
  }
  return window;
}

int scan(const ScanOptions& options, const CommandIo& io) {
  const auto window = windowOf(options, io.err);
  if (!window) {
    return exit_code::usage;
  }
  const auto output =
      options.json ? scanJson(io.out, options.recovered) : scanTable(io.out, options.recovered);
  bool found = false;
  bool unreadable = false;
  const auto tell = [&](const Error& error) {
    io.err << "imshealth: " << error.describe() << '\n';
    unreadable = true;
  };
  output->begin();
  for (const std::string& name : options.files) {
    const auto log = openSavedLog(name);
    if (!log) {
      output->addFailed(name, log.error());
      tell(log.error());
      continue;
    }
    ScannedFile scanned;
    {
      ProgressLine progress(io, name);
      scanned = scanFile(name, **log, *window, progress.report());
    }
    found = found || !scanned.openFailures.empty();
    if (auto error = output->add(scanned, **log)) {
      error->where = name;
      tell(*error);
    }
  }
  output->end();
  if (unreadable) {
    return exit_code::usage;
  }
  return found ? exit_code::problem : exit_code::done;
}

}  // namespace

void addScanCommand(const Verb& program) {
  const auto options = std::make_shared<ScanOptions>();
  const Verb command = program.verb(
      "scan",
      "Find events 1008 of Perflib, and what surrounds them, in saved event logs (.evt; on Windows "
      "Vista and later .evtx too)");
  command.option("FILE", options->files, "Saved event logs", Verb::Given::required);
  command.option("--since", options->since,
                 "Only events from this time on: 2000-01-31 or 2000-01-31T22:15 (UTC)");
  command.option("--until", options->until, "Only events before this time, likewise");
  command.flag("--recovered", options->recovered, "List leftovers of overwritten records too");
  command.flag("--json", options->json, "One JSON document instead of a table");
  command.does([options](CommandIo& io) { return scan(*options, io); });
}

}  // namespace imshealth
