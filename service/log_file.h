// The diagnostic log: what the service did, line by line, for whoever looks into a case. Alerts for
// operators go into the event log.
#pragma once

#include "config/policy.h"
#include "core/async_ports.h"
#include "core/event.h"
#include "core/ports.h"

#include <memory>
#include <string>
#include <string_view>

namespace imshealth {

/// Rotating file; no path: nothing is written. Never throws; a file that cannot be written is not a
/// reason to stop.
class LogFile {
 public:
  LogFile(const std::string& path, const LogPolicy&);
  ~LogFile();
  LogFile(const LogFile&) = delete;
  LogFile& operator=(const LogFile&) = delete;

  void info(std::string_view line);
  void warn(std::string_view line);
  void error(std::string_view line);
  void debug(std::string_view line);
  void setLevel(const std::string& level);

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

/// Writes each alert into the file too, before it goes to the event log.
class LoggedAlerts : public AlertLog {
 public:
  LoggedAlerts(AlertLog& log, LogFile& file) : log_(log), file_(file) {}
  Result<void> write(const Alert&) override;

 private:
  AlertLog& log_;
  LogFile& file_;
};

/// Writes down each tool with its end and output.
class LoggedTools : public ToolRunner {
 public:
  LoggedTools(ToolRunner& tools, LogFile& file) : tools_(tools), file_(file) {}
  boost::asio::awaitable<Result<ToolResult>> run(const ToolCommand&,
                                                 Milliseconds deadline) override;

 private:
  ToolRunner& tools_;
  LogFile& file_;
};

/// Writes down what each open probe found (level debug).
class LoggedProbe : public OpenProbe {
 public:
  LoggedProbe(OpenProbe& probe, LogFile& file) : probe_(probe), file_(file) {}
  boost::asio::awaitable<ProbeResult> probe(const ProbeRequest&, Milliseconds deadline) override;

 private:
  OpenProbe& probe_;
  LogFile& file_;
};

/// Writes down what is heard of Perflib and LoadPerf (level debug).
void logHeard(LogFile&, const LogEvent&);

}  // namespace imshealth
