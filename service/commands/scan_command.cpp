// imshealth scan FILE.evt…
#include "core/scan_output.h"
#include "service/commands/commands.h"
#include "service/map_file.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <memory>
#include <ostream>

namespace imshealth {
namespace {

struct ScanOptions {
  std::vector<std::string> files;
  std::string since, until;
  bool json = false;
  bool recovered = false;
};

/// A line on a terminal that shows that something happens, for files that take their time.
class Progress {
 public:
  Progress(std::ostream& err, bool wanted, const std::string& file) : err_(err), file_(file) {
    if (wanted) {
      callback_ = [this](std::uint64_t records) {
        shown_ = true;
        err_ << fmt::format("\r{}: {} records", file_, records) << std::flush;
      };
    }
  }
  ~Progress() {
    if (shown_) {
      err_ << "\r\x1B[K" << std::flush;
    }
  }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  const std::function<void(std::uint64_t)>& callback() const { return callback_; }

 private:
  std::ostream& err_;
  const std::string& file_;
  std::function<void(std::uint64_t)> callback_;
  bool shown_ = false;
};

std::optional<ScanWindow> windowOf(const ScanOptions& options, std::ostream& err) {
  ScanWindow window;
  const auto read = [&](const char* name, const std::string& text,
                        std::optional<std::int64_t>& value) {
    if (text.empty()) {
      return true;
    }
    value = parseScanTime(text);
    if (!value) {
      err << "imshealth: " << name << ": not a time: " << text
          << " (write 2000-01-31 or 2000-01-31T22:15, UTC)\n";
    }
    return value.has_value();
  };
  if (!read("--since", options.since, window.since) ||
      !read("--until", options.until, window.until)) {
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
  const auto failed = [&](const std::string& file, const Error& error) {
    output->addFailed(file, error);
    io.err << "imshealth: " << file << ": " << error.text << '\n';
    unreadable = true;
  };
  output->begin();
  for (const std::string& name : options.files) {
    const auto mapped = MappedFile::open(name);
    if (!mapped) {
      failed(name, mapped.error());
      continue;
    }
    const auto file = EvtFile::open(mapped->bytes());
    if (!file) {
      failed(name, file.error());
      continue;
    }
    const Progress progress(io.err, io.terminal, name);
    const ScannedFile scanned = scanFile(name, *file, *window, progress.callback());
    found = found || !scanned.openFailures.empty();
    output->add(scanned, *file);
  }
  output->end();
  if (unreadable) {
    return exit_code::usage;
  }
  return found ? exit_code::problem : exit_code::done;
}

}  // namespace

void addScanCommand(CLI::App& app, Invocation& invocation) {
  const auto options = std::make_shared<ScanOptions>();
  CLI::App* command = app.add_subcommand(
      "scan", "Find events 1008 of Perflib, and what surrounds them, in saved event logs (.evt)");
  command->add_option("files", options->files, "Saved event logs")->required();
  command->add_option("--since", options->since, "Only events from this time on (UTC)");
  command->add_option("--until", options->until, "Only events before this time (UTC)");
  command->add_flag("--recovered", options->recovered, "List leftovers of overwritten records too");
  command->add_flag("--json", options->json, "One JSON document instead of a table");
  command->callback([&invocation, options] {
    invocation.action = [&invocation, options] { return scan(*options, invocation.io); };
  });
}

}  // namespace imshealth
