// The program's first instructions, then the verbs.
#include "service/command_line.h"
#include "service/win32/console_stream.h"
#include "service/win32/harden_process.h"
#include "service/win32/text.h"

int wmain(int argc, wchar_t** argv) {
  using namespace imshealth;
  hardenProcess();
  std::vector<std::string> arguments;
  for (int i = 1; i < argc; ++i) {
    arguments.push_back(toUtf8(argv[i]));
  }
  ConsoleStream out(STD_OUTPUT_HANDLE);
  ConsoleStream err(STD_ERROR_HANDLE);
  return runCommandLine(arguments, {out, err, out.isTerminal(), out.takesColour()});
}
