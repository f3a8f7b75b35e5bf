// imshealth check: diagnose now, change nothing.
#include "core/causes.h"
#include "core/examine.h"
#include "core/heading.h"
#include "core/remarks.h"
#include "service/adapters.h"
#include "service/commands/command_policy.h"
#include "service/commands/commands.h"
#include "service/commands/event_loop.h"
#include "service/commands/output.h"

#include <fmt/format.h>

#include <memory>
#include <ostream>

namespace imshealth {
namespace {

struct Options {
  std::vector<std::string> services;
  std::string policyFile;
  bool json = false;
};

struct Checked {
  WatchPolicy watch;
  Examination examination;
};

Json toJson(const Checked& checked) {
  Json findings = Json::array();
  for (const Finding& finding : checked.examination.findings) {
    const CauseRow& row = rowOf(finding.cause);
    findings.push_back({{"cause", row.code},
                        {"meaning", row.meaning},
                        {"evidence", finding.evidence},
                        {"remedy", row.remedy},
                        {"article", row.article},
                        {"repairable", finding.repairable}});
  }
  const ProbeResult& probe = checked.examination.facts.probe;
  return {{"counterService", checked.watch.counterService},
          {"healthy", checked.examination.findings.empty()},
          {"library", checked.examination.facts.library.path},
          {"version", checked.examination.facts.library.version},
          {"findings", std::move(findings)},
          {"remarks", remarksOn(checked.examination.facts)},
          {"probe",
           {{"result", toString(probe.outcome)},
            {"status", orNull(probe.status)},
            {"stage", probe.stage},
            {"note", probe.note}}}};
}

/// Findings that forbid a repair come first, so the first one tells whether those after it wait.
const char* whoMends(const Finding& finding, const Finding& first) {
  if (finding.repairable) {
    return first.repairable ? "imshealth can mend it"
                            : "imshealth can mend it once what is found before it is mended";
  }
  return rowOf(finding.cause).cure == Cure::withTrustedCopy
             ? "by hand: the policy names no trusted copy that is right"
             : "by hand";
}

void writeText(CommandIo& io, const Checked& checked) {
  const bool healthy = checked.examination.findings.empty();
  io.out << heading(checked.watch) << ": "
         << coloured(io, healthy ? Colour::good : Colour::bad, healthy ? "healthy" : "not healthy")
         << "\n";
  for (const Finding& finding : checked.examination.findings) {
    const CauseRow& row = rowOf(finding.cause);
    io.out << "  " << coloured(io, Colour::bad, row.code) << ": " << row.meaning << "\n"
           << "    evidence  " << finding.evidence << "\n"
           << "    remedy    " << row.remedy << "\n"
           << "    repair    " << whoMends(finding, checked.examination.findings.front()) << "\n";
    if (!row.article.empty()) {
      io.out << "    article   " << row.article << "\n";
    }
  }
  const ProbeResult& probe = checked.examination.facts.probe;
  io.out << "  open probe: " << toString(probe.outcome);
  if (probe.status) {
    io.out << fmt::format(", status {}", *probe.status);
  }
  if (!probe.note.empty()) {
    io.out << " (" << probe.note << ")";
  } else if (probe.outcome == ProbeOutcome::ok && !healthy) {
    io.out << " (the library opens; what is found above is wrong all the same)";
  }
  io.out << "\n";
  for (const std::string& remark : remarksOn(checked.examination.facts)) {
    io.out << "  " << remark << "\n";
  }
}

int run(const Options& options, CommandIo& io) {
  int code = exit_code::done;
  const auto policy = commandPolicy(options.policyFile, options.services, io, code);
  if (!policy) {
    return code;
  }
  if (!requireAdministrator(io)) {
    return exit_code::unreachable;
  }
  Adapters adapters(policy->folder, {}, policy->policy.log);
  boost::asio::io_context loop{1};
  std::vector<Checked> all;
  runToEnd(loop, [&]() -> boost::asio::awaitable<void> {
    for (const WatchPolicy& watch : policy->watches) {
      // A statement of its own: g++ 12 destroys temporaries of a braced list too early around
      // co_await.
      Examination examination = co_await examine(watch, policy->policy.limits, policy->origin,
                                                 Occasion{}, adapters.survey(), adapters.probe);
      all.push_back({watch, std::move(examination)});
    }
  }());
  bool healthy = true;
  Json services = Json::array();
  for (const Checked& checked : all) {
    healthy = healthy && checked.examination.findings.empty();
    if (options.json) {
      services.push_back(toJson(checked));
    } else {
      writeText(io, checked);
    }
  }
  if (options.json) {
    writeJson(io, {{"healthy", healthy}, {"services", std::move(services)}});
  }
  return healthy ? exit_code::done : exit_code::problem;
}

}  // namespace

void addCheckCommand(const Verb& program) {
  const auto options = std::make_shared<Options>();
  const Verb check =
      program.verb("check", "Diagnose now and change nothing: findings with causes and remedies");
  check.option("SERVICE", options->services,
               "Counter services; all watched ones where none is named");
  check.option("--policy", options->policyFile, "Another policy file");
  check.flag("--json", options->json, "Machine-readable output");
  check.does([options](CommandIo& io) { return run(*options, io); });
}

}  // namespace imshealth
