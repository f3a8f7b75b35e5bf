// The command line: verbs to actions. Callable from tests.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

namespace imshealth {

/// Exit codes of every command; a contract.
namespace exit_code {
inline constexpr int done = 0;         ///< healthy, or done
inline constexpr int problem = 1;      ///< problem found, or repair failed
inline constexpr int usage = 2;        ///< bad usage or bad policy
inline constexpr int unreachable = 3;  ///< needs administrator rights or cannot reach the system
}  // namespace exit_code

/// Where a command writes. UTF-8.
struct CommandIo {
  std::ostream& out;
  std::ostream& err;
  bool terminal = false;  ///< `err` is a terminal: progress is welcome
  bool colour = false;    ///< `out` is a terminal that understands colours (ANSI)
};

/// Parses and runs; returns the exit code. `arguments` without the program's name.
int runCommandLine(const std::vector<std::string>& arguments, CommandIo io);

}  // namespace imshealth
