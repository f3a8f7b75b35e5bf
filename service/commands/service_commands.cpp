// imshealth service, run, install and uninstall.
#include "service/commands/commands.h"
#include "service/engine_host.h"
#include "service/install.h"
#include "service/open_probe.h"
#include "service/service_host.h"
#include "service/win32/console_break.h"

#include <CLI/CLI.hpp>

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
  const auto folder = findDataFolder();
  if (!folder) {
    return report(folder.error(), io, "");
  }
  EngineEvents events;
  events.onRunning = [&io] { io.out << "imshealth is listening; Ctrl-C stops it." << std::endl; };
  EngineHost host(*folder, policyFile.empty() ? std::nullopt : std::optional(policyFile), events);
  const ConsoleBreak stop([&host] { host.requestStop("stopped from the console"); });
  const auto ran = host.run();
  if (!ran) {
    io.err << "imshealth: " << ran.error().describe() << "\n";
    return exit_code::unreachable;
  }
  return exit_code::done;
}

}  // namespace

void addServiceCommands(CLI::App& app, Invocation& invocation) {
  app.add_subcommand("service", "What the service control manager starts")->callback([&invocation] {
    invocation.action = [&invocation] { return runAsService(invocation.io); };
  });

  const auto policyFile = std::make_shared<std::string>();
  CLI::App* run = app.add_subcommand("run", "The same engine in this window; Ctrl-C stops it");
  run->add_option("--policy", *policyFile, "Another policy file");
  run->callback([&invocation, policyFile] {
    invocation.action = [&invocation, policyFile] {
      return runInForeground(*policyFile, invocation.io);
    };
  });

  const auto first = std::make_shared<FirstPolicy>();
  CLI::App* install =
      app.add_subcommand("install", "Install the service, its event source and its data folder");
  install
      ->add_option("--mode", first->mode, "Write policy.json, where there is none, with this mode")
      ->check(CLI::IsMember({"alert", "repair"}));
  install->add_option("--policy", first->file, "Copy this file to policy.json where there is none");
  install->callback([&invocation, first] {
    invocation.action = [&invocation, first] {
      return report(imshealth::install(ownProgram(), *first), invocation.io,
                    "The service ImsHealth is installed. To start it: net start ImsHealth");
    };
  });
  const auto onlyStop = std::make_shared<bool>(false);
  CLI::App* uninstall = app.add_subcommand(
      "uninstall", "Remove the service and its event source; policy, state and backups stay");
  uninstall->add_flag("--only-stop", *onlyStop, "Stop the service and remove nothing");
  uninstall->callback([&invocation, onlyStop] {
    invocation.action = [&invocation, onlyStop] {
      return *onlyStop ? report(stopInstalled(), invocation.io, "The service ImsHealth is stopped.")
                       : report(imshealth::uninstall(), invocation.io,
                                "The service ImsHealth is removed.");
    };
  });
}

}  // namespace imshealth
