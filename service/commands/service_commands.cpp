// imshealth service, run, install and uninstall.
#include "service/commands/command_policy.h"
#include "service/commands/commands.h"
#include "service/engine_host.h"
#include "service/file_facts.h"
#include "service/install.h"
#include "service/open_probe.h"
#include "service/service_host.h"
#include "service/win32/console_break.h"

#include <memory>
#include <ostream>

namespace imshealth {
namespace {

int report(const Result<void>& result, CommandIo& io, const char* done) {
  if (!result) {
    io.err << "imshealth: " << result.error().describe() << "\n";
    if (result.error().kind == ErrorKind::corrupt) {
      return exit_code::usage;  // a bad policy
    }
    return result.error().kind == ErrorKind::timedOut ? exit_code::problem : exit_code::unreachable;
  }
  io.out << done << "\n";
  return exit_code::done;
}

int runInForeground(const std::string& policyFile, CommandIo& io) {
  if (!requireAdministrator(io)) {
    return exit_code::unreachable;
  }
  const auto folder = findDataFolder();
  if (!folder) {
    return report(folder.error(), io, "");
  }
  EngineEvents events;
  events.onRunning = [&io] { io.out << "imshealth is listening; Ctrl-C stops it." << std::endl; };
  // Never deleted, as the service's (service_host.cpp): where a stop had to leave something
  // hanging, what is left of that still refers to its parts.
  auto* const host = new EngineHost(
      *folder, policyFile.empty() ? std::nullopt : std::optional(absolutePath(policyFile)), events);
  const ConsoleBreak stop([host] { host->requestStop("stopped from the console"); });
  const auto ran = host->run();
  if (!ran) {
    io.err << "imshealth: " << ran.error().describe() << "\n";
    return exit_code::unreachable;
  }
  return exit_code::done;
}

}  // namespace

void addServiceCommands(const Verb& program) {
  program.verb("service", "What the service control manager starts").does(runAsService);

  const auto policyFile = std::make_shared<std::string>();
  const Verb run = program.verb("run", "The same engine in this window; Ctrl-C stops it");
  run.option("--policy", *policyFile, "Another policy file");
  run.does([policyFile](CommandIo& io) { return runInForeground(*policyFile, io); });

  const auto first = std::make_shared<FirstPolicy>();
  const Verb install =
      program.verb("install", "Install the service, its event source and its data folder");
  install.option("--mode", first->mode, {"alert", "repair"},
                 "Write policy.json, where there is none, with this mode");
  install.option("--policy", first->file, "Copy this file to policy.json where there is none");
  install.does([first](CommandIo& io) {
    if (!requireAdministrator(io)) {
      return exit_code::unreachable;
    }
    if (const auto why = whyNotTrusted(WindowsFileFacts(), "program", ownProgram()); !why.empty()) {
      io.err << "imshealth: warning: it will run as LocalSystem, and others could replace it: "
             << why << "\n";
    }
    const auto installed = imshealth::install(ownProgram(), *first);
    if (installed && !*installed) {
      io.err << "imshealth: policy.json was there already and stays as it is: --mode and --policy "
                "are for the first installation\n";
    }
    return report(installed ? Result<void>() : installed.error(), io,
                  runs(installedService())
                      ? "The service ImsHealth is installed and running."
                      : "The service ImsHealth is installed. To start it: net start ImsHealth");
  });

  const auto onlyStop = std::make_shared<bool>(false);
  const Verb uninstall = program.verb(
      "uninstall", "Remove the service and its event source; policy, state and backups stay");
  uninstall.flag("--only-stop", *onlyStop, "Stop the service and remove nothing");
  uninstall.does([onlyStop](CommandIo& io) {
    if (!requireAdministrator(io)) {
      return exit_code::unreachable;
    }
    return *onlyStop ? report(stopInstalled(), io, "The service ImsHealth is stopped.")
                     : report(imshealth::uninstall(), io, "The service ImsHealth is removed.");
  });
}

}  // namespace imshealth
