#include "service/command_line.h"

#include "core/version.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <exception>
#include <ostream>

namespace imshealth {

int runCommandLine(const std::vector<std::string>& arguments, CommandIo io) {
  CLI::App app(
      "IMS Health Monitor: hears Perflib event 1008 for the Internet Mail Service and repairs its "
      "counters",
      "imshealth");
  app.set_version_flag("--version", std::string("imshealth ") + version);
  app.require_subcommand(1);
  app.footer(
      "Exit codes: 0 healthy or done, 1 problem found, 2 bad usage or bad policy, 3 not allowed or "
      "not reachable");
  Invocation invocation{io, nullptr};
  addCommands(app, invocation);
  try {
    std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());  // as CLI11 wants it
    app.parse(reversed);
  } catch (const CLI::ParseError& error) {
    return app.exit(error, io.out, io.err) == 0 ? exit_code::done : exit_code::usage;
  }
  try {
    return invocation.action();
  } catch (const std::exception& error) {
    io.err << "imshealth: " << error.what() << "\n";
    return exit_code::unreachable;
  }
}

}  // namespace imshealth
