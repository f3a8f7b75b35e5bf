#include "service/log_file.h"

#include "core/alert.h"
#include "core/match.h"
#include "service/win32/sdk.h"
#include "service/win32/text.h"

#include <fmt/format.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/rotating_file_sink.h>

#include <algorithm>

namespace imshealth {
namespace {

/// Foreign text must not forge lines.
std::string oneLine(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
  return text;
}

/// spdlog opens files by their name in the system's code page. A folder that cannot be written so
/// has a short name that can.
std::string systemText(const std::string& path) {
  const std::size_t split = path.rfind('\\') + 1;
  const std::wstring folder = toWide(path.substr(0, split));
  wchar_t shortName[MAX_PATH];
  const DWORD length = GetShortPathNameW(folder.c_str(), shortName, MAX_PATH);
  const std::wstring wide =
      (length > 0 && length < MAX_PATH ? std::wstring(shortName, length) : folder) +
      toWide(path.substr(split));
  char text[2 * MAX_PATH];
  const int size = WideCharToMultiByte(CP_ACP, 0, wide.data(), static_cast<int>(wide.size()), text,
                                       sizeof text, nullptr, nullptr);
  return {text, static_cast<std::size_t>(size)};
}

}  // namespace

struct LogFile::Implementation {
  std::shared_ptr<spdlog::logger> logger;

  /// Text that is whole already: the overload that formats nothing.
  void write(spdlog::level::level_enum level, std::string_view line) const {
    const std::string text = oneLine(std::string(line));
    logger->log(level, spdlog::string_view_t(text));
  }
};

LogFile::LogFile(const std::string& path, const LogPolicy& policy)
    : implementation_(std::make_unique<Implementation>()) {
  if (path.empty()) {
    return;
  }
  try {
    auto sink = std::make_shared<spdlog::sinks::rotating_file_sink_st>(
        systemText(path), static_cast<std::size_t>(policy.maxSize),
        static_cast<std::size_t>(std::max(policy.files - 1, 0)));
    auto logger = std::make_shared<spdlog::logger>("imshealth", std::move(sink));
    logger->set_pattern("%Y-%m-%d %H:%M:%S.%e %z [%l] %v");
    logger->flush_on(spdlog::level::trace);
    logger->set_error_handler([](const std::string&) {});  // disk full: there is nobody to tell
    implementation_->logger = std::move(logger);
    setLevel(policy.level);
  } catch (const spdlog::spdlog_ex&) {
    // No folder or no rights: the program works without its diagnostic log.
  }
}

LogFile::~LogFile() = default;

void LogFile::info(std::string_view line) {
  if (implementation_->logger) {
    implementation_->write(spdlog::level::info, line);
  }
}

void LogFile::warn(std::string_view line) {
  if (implementation_->logger) {
    implementation_->write(spdlog::level::warn, line);
  }
}

void LogFile::error(std::string_view line) {
  if (implementation_->logger) {
    implementation_->write(spdlog::level::err, line);
  }
}

void LogFile::debug(std::string_view line) {
  if (implementation_->logger) {
    implementation_->write(spdlog::level::debug, line);
  }
}

void LogFile::setLevel(const std::string& level) {
  if (implementation_->logger) {
    implementation_->logger->set_level(spdlog::level::from_str(level));
  }
}

Result<void> LoggedAlerts::write(const Alert& alert) {
  std::string line = fmt::format("alert {}:", alert.id);
  for (const std::string& text : alert.strings) {
    line += fmt::format(" [{}]", text);
  }
  alert.type == EventType::error ? file_.error(line) : file_.info(line);
  auto written = log_.write(alert);
  if (!written) {
    file_.error("the alert could not be written: " + written.error().describe());
  }
  return written;
}

boost::asio::awaitable<Result<ToolResult>> LoggedTools::run(const ToolCommand& command,
                                                            Milliseconds deadline) {
  file_.info(fmt::format("runs {} in {}", command.display(), command.workingDirectory));
  auto result = co_await tools_.run(command, deadline);
  if (!result) {
    file_.error("did not start: " + result.error().describe());
  } else {
    const char* end = result->end == ToolEnd::exited     ? "exited"
                      : result->end == ToolEnd::timedOut ? "was ended at the deadline, "
                                                         : "was ended by a stop, ";
    file_.info(fmt::format("{} with {}; output: {}", end, result->exitCode, result->output));
  }
  co_return result;
}

boost::asio::awaitable<ProbeResult> LoggedProbe::probe(const ProbeRequest& request,
                                                       Milliseconds deadline) {
  ProbeResult result = co_await probe_.probe(request, deadline);
  std::string line =
      "open probe of " + request.library + ": " + std::string(toString(result.outcome));
  if (result.status) {
    line += ", status " + std::to_string(*result.status);
  }
  file_.debug(line + (result.note.empty() ? "" : ", " + result.note));
  co_return result;
}

void logHeard(LogFile& file, const LogEvent& event) {
  if (!isFromPerflib(event) && !isFromLoadPerf(event)) {
    return;
  }
  std::string line = "heard record " + std::to_string(event.recordNumber) + ": " + event.source +
                     " " + std::to_string(event.code());
  for (const std::string& text : event.strings) {
    line += " [" + sanitise(text) + "]";
  }
  file.debug(line);
}

}  // namespace imshealth
