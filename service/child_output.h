// Runs a child to its end on the engine's event loop: waits for its exit, the deadline or a stop,
// and takes in what it writes meanwhile. No thread of its own, no polling.
#pragma once

#include "core/time.h"
#include "service/child_process.h"
#include "service/stop_signal.h"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <optional>
#include <string>

namespace imshealth {

enum class ChildEnd { exited, timedOut, stopped };

struct ChildReport {
  ChildEnd end = ChildEnd::exited;
  DWORD exitCode = 0;
  std::string output;  ///< raw bytes, at most the bound; what came behind is dropped
};

/// `output` of the start is filled in here. Ended children have no living descendants where the
/// system has job objects. Error: it could not be started.
boost::asio::awaitable<Result<ChildReport>> runChild(ChildStart, Milliseconds deadline,
                                                     std::size_t outputBound, StopSignal&,
                                                     const ProcessFunctions&);

}  // namespace imshealth
