// Ports that take their time: a coroutine of the engine waits for them. When the program is told to
// stop, what is under way ends early and says so; nothing is cancelled behind the engine's back.
#pragma once

#include "core/error.h"
#include "core/facts.h"
#include "core/time.h"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace imshealth {

/// A tool of Windows with its arguments; never a shell.
struct ToolCommand {
  std::string program;                 ///< absolute path in the system directory
  std::vector<std::string> arguments;  ///< unquoted
  std::string workingDirectory;        ///< absolute

  /// As a person would type it: file name without folder and quoted arguments.
  std::string display() const;
  bool operator==(const ToolCommand&) const = default;
};

enum class ToolEnd { exited, timedOut, stopped };

struct ToolResult {
  ToolEnd end = ToolEnd::exited;
  std::uint32_t exitCode = 0;  ///< evidence, not proof: a tool may well fail and answer 0
  std::string output;          ///< at most 64 KB, decoded to UTF-8
};

/// Runs one tool in a job object, without a window, without inherited handles but its pipes.
class ToolRunner {
 public:
  virtual ~ToolRunner() = default;
  /// Ends the tool and its children at the deadline. Error: it could not be started.
  virtual boost::asio::awaitable<Result<ToolResult>> run(const ToolCommand&,
                                                         Milliseconds deadline) = 0;
};

/// What the probe child is to do; names are those of the registry.
struct ProbeRequest {
  std::string service;
  std::string library;  ///< absolute path, trusted
  std::string open, collect, close;
};

class OpenProbe {
 public:
  virtual ~OpenProbe() = default;
  /// A fresh child process each time. Never an error: what went wrong is the result.
  virtual boost::asio::awaitable<ProbeResult> probe(const ProbeRequest&, Milliseconds deadline) = 0;
};

/// Waiting. The only reason for the engine to wake up by itself.
class Sleeper {
 public:
  virtual ~Sleeper() = default;
  /// False: woken early because the program is to stop.
  virtual boost::asio::awaitable<bool> sleep(Milliseconds) = 0;
};

}  // namespace imshealth
