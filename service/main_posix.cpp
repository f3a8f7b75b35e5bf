#include "service/command_line.h"

#include <unistd.h>

#include <iostream>

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  return imshealth::runCommandLine(
      arguments, {std::cout, std::cerr, isatty(STDERR_FILENO) != 0, isatty(STDOUT_FILENO) != 0});
}
