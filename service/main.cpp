// The program's first instructions, then the verbs.
#include "service/command_line.h"
#include "service/win32/console_stream.h"
#include "service/win32/harden_process.h"
#include "service/win32/text.h"

#include <boost/asio/detail/winsock_init.hpp>

#include <cstdlib>

// libstdc++'s terminate handler would print the exception's type for people who read C++, and bring
// 50 KB of demangler for that; a service ends, and the recovery setting restarts it.
namespace __gnu_cxx {
void __verbose_terminate_handler() {
  std::abort();
}
}  // namespace __gnu_cxx

// Asio starts Winsock before main, in every program that includes it. This program opens no socket;
// an object of this type, made before Asio's own, says that Winsock is our business
// (winsock_init.hpp describes it).
[[gnu::init_priority(101)]] const boost::asio::detail::winsock_init<>::manual noWinsock;

int wmain(int argc, wchar_t** argv) {
  using namespace imshealth;
  hardenProcess();
  std::vector<std::string> arguments;
  for (int i = 1; i < argc; ++i) {
    arguments.push_back(toUtf8(argv[i]));
  }
  ConsoleStream out(STD_OUTPUT_HANDLE);
  ConsoleStream err(STD_ERROR_HANDLE);
  return runCommandLine(arguments, {out, err, err.isTerminal(), out.takesColour()});
}
