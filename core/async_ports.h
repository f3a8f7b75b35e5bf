// Ports that take their time: a coroutine of the engine waits for them. When the program is told to
// stop, what is under way ends early and says so; nothing is cancelled behind the engine's back.
#pragma once

#include "core/error.h"
#include "core/facts.h"
#include "core/time.h"
#include "core/tool.h"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace imshealth {

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
