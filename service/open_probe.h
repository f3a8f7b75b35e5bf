// Opens a counter library the way Perflib does, in a child process of this very program.
#pragma once

#include "core/async_ports.h"
#include "service/child_process.h"
#include "service/stop_signal.h"

namespace imshealth {

class ChildOpenProbe : public OpenProbe {
 public:
  /// `program`: the path of this exe, which has the hidden verb "probe".
  ChildOpenProbe(std::string program, StopSignal& stop,
                 const ProcessFunctions& functions = systemProcessFunctions())
      : program_(std::move(program)), stop_(stop), functions_(functions) {}

  boost::asio::awaitable<ProbeResult> probe(const ProbeRequest&, Milliseconds deadline) override;

 private:
  std::string program_;
  StopSignal& stop_;
  const ProcessFunctions& functions_;
};

/// Absolute path of the running program.
std::string ownProgram();

}  // namespace imshealth
