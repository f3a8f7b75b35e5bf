#include "service/tool_runner.h"

#include "core/quote_argument.h"
#include "service/child_output.h"
#include "service/win32/text.h"

namespace imshealth {
namespace {

constexpr std::size_t mostToolOutput = 64 * 1024;

bool isAbsolute(const std::string& path) {
  return path.size() > 3 && path[1] == ':' && (path[2] == '\\' || path[2] == '/');
}

std::string commandLine(const ToolCommand& command) {
  // The first word is always quoted: CommandLineToArgvW reads it by simpler rules than the others.
  std::string line = '"' + command.program + '"';
  for (const std::string& argument : command.arguments) {
    line += ' ' + quoteArgument(argument);
  }
  return line;
}

ToolEnd toToolEnd(ChildEnd end) {
  switch (end) {
    case ChildEnd::timedOut: return ToolEnd::timedOut;
    case ChildEnd::stopped: return ToolEnd::stopped;
    case ChildEnd::exited: break;
  }
  return ToolEnd::exited;
}

/// Cut at 64 KB in OEM bytes; UTF-8 may be longer, and is cut at a character.
std::string decode(const std::string& output) {
  std::string text = oemToUtf8(output);
  if (text.size() > mostToolOutput) {
    std::size_t size = mostToolOutput;
    while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80) {
      --size;
    }
    text.resize(size);
  }
  return text;
}

}  // namespace

boost::asio::awaitable<Result<ToolResult>> ProcessToolRunner::run(const ToolCommand& command,
                                                                  Milliseconds deadline) {
  if (!isAbsolute(command.program)) {
    co_return Error(ErrorKind::internal, command.program, 0, "not an absolute path");
  }
  ChildStart start;
  start.program = command.program;
  start.commandLine = commandLine(command);
  start.workingDirectory = command.workingDirectory;
  auto report = co_await runChild(std::move(start), deadline, mostToolOutput, stop_, functions_);
  if (!report) {
    co_return report.error();
  }
  co_return ToolResult{toToolEnd(report->end), report->exitCode, decode(report->output)};
}

}  // namespace imshealth
