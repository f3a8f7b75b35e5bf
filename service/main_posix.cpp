#include "service/command_line.h"

#include <unistd.h>

#include <iostream>

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  const bool terminal = isatty(STDOUT_FILENO) != 0;
  const int code = imshealth::runCommandLine(arguments, {std::cout, std::cerr, terminal, terminal});
  std::cout.flush();
  return code;
}
