// Windows' own tools (regsvr32, unlodctr, lodctr), run for a repair.
#pragma once

#include "core/async_ports.h"
#include "service/child_process.h"
#include "service/stop_signal.h"

namespace imshealth {

class ProcessToolRunner : public ToolRunner {
 public:
  explicit ProcessToolRunner(StopSignal& stop,
                             const ProcessFunctions& functions = systemProcessFunctions())
      : stop_(stop), functions_(functions) {}

  boost::asio::awaitable<Result<ToolResult>> run(const ToolCommand&,
                                                 Milliseconds deadline) override;

 private:
  StopSignal& stop_;
  const ProcessFunctions& functions_;
};

}  // namespace imshealth
