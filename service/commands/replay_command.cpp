// imshealth replay FILE…
#include "config/parse_policy.h"
#include "core/replay_output.h"
#include "service/clock.h"
#include "service/commands/commands.h"
#include "service/commands/output.h"
#include "service/commands/reading_progress.h"
#include "service/given_file.h"
#include "service/open_saved_log.h"

#include <memory>
#include <ostream>

namespace imshealth {
namespace {

constexpr std::uint64_t largestPolicy = 1024 * 1024;

struct ReplayOptions {
  std::vector<std::string> files;
  std::string policyFile;
  std::string assume = "failed";
  std::string utcOffset;
  bool json = false;
};

/// The policy in force: the one named, else that of the installed service, else the built-in
/// default. Where there is none, `code` is the exit code.
std::optional<Policy> policyOf(const ReplayOptions& options, ReplayReport& report, CommandIo& io,
                               int& code) {
  const std::string file = options.policyFile.empty() ? installedPolicyFile() : options.policyFile;
  if (file.empty()) {
    report.policy = "built-in default";
    return builtInPolicy();
  }
  report.policy = file;
  const auto text = readGivenFile(file, largestPolicy);
  if (!text) {
    code = refuseUnreadablePolicy(io, text.error());
    return std::nullopt;
  }
  PolicyReading reading = parsePolicy(*text);
  io.err << render(reading.diagnostics, file, *text);
  return std::move(reading.policy);
}

bool setLocalTime(const std::string& utcOffset, ReplayReport& report, CommandIo& io) {
  if (utcOffset.empty()) {
    report.localTime = "this machine's time zone";
    report.assumed.local = [](Time time) { return SystemClock().local(time); };
    return true;
  }
  const auto offset = parseUtcOffset(utcOffset);
  if (!offset) {
    io.err << "imshealth: --utc-offset: not an offset: " << utcOffset << " (write +02:00)\n";
    return false;
  }
  report.localTime = "UTC" + utcOffset;
  report.assumed.local = [minutes = *offset](Time time) { return localAt(time, minutes); };
  return true;
}

int run(const ReplayOptions& options, CommandIo& io) {
  ReplayReport report;
  report.assumed.repaired = options.assume == "repaired";
  int code = exit_code::usage;
  const auto policy = policyOf(options, report, io, code);
  if (!policy || !setLocalTime(options.utcOffset, report, io)) {
    return code;
  }
  report.mode = policy->mode;
  std::vector<HeardFailure> heard;
  for (const std::string& name : options.files) {
    const auto log = openSavedLog(name);
    if (!log) {
      io.err << "imshealth: " << log.error().describe() << "\n";
      return exit_code::usage;
    }
    SavedReading reading;
    ProgressLine progress(io, name);
    auto found = failuresIn(**log, *policy, reading, progress.report());
    if (reading.brokenOff) {  // what is missing could have changed every decision
      io.err << "imshealth: " << reading.brokenOff->describe() << "\n";
      return exit_code::usage;
    }
    report.files.push_back({name, reading.summary});
    heard.insert(heard.end(), std::make_move_iterator(found.begin()),
                 std::make_move_iterator(found.end()));
  }
  report.replay = replay(std::move(heard), *policy, report.assumed);
  io.out << (options.json ? replayJson(report) : replayTable(report));
  return exit_code::done;
}

}  // namespace

void addReplayCommand(const Verb& program) {
  const auto options = std::make_shared<ReplayOptions>();
  const Verb command = program.verb(
      "replay",
      "What today's policy would have decided at each event of saved event logs (.evt; on Windows "
      "Vista and later .evtx too)");
  command.option("FILE", options->files, "Saved event logs of one server", Verb::Given::required);
  command.option("--policy", options->policyFile, "Another policy file");
  command.option("--assume", options->assume, {"repaired", "failed"},
                 "How each repair ends; failed if not given");
  command.option("--utc-offset", options->utcOffset,
                 "Local time of the server, as +02:00; else this machine's time zone");
  command.flag("--json", options->json, "One JSON document instead of a table");
  command.does([options](CommandIo& io) { return run(*options, io); });
}

}  // namespace imshealth
