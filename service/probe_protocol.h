// What the open probe's parent and child say to each other. The request goes to the child's
// standard input, lines come back through its standard output; each begins with a nonce, so that
// what a library prints is not taken for a result. Pure text.
#pragma once

#include "core/async_ports.h"
#include "core/error.h"
#include "core/facts.h"

#include <string>
#include <string_view>

namespace imshealth {

struct ProbeOrder {
  std::string nonce;
  ProbeRequest request;
};

/// One JSON document, at most 4 KB with paths as Windows bounds them.
std::string writeProbeOrder(const ProbeOrder&);
/// Never throws.
Result<ProbeOrder> readProbeOrder(std::string_view text);

/// Said before each stage: "load", "open", "collect", "close".
std::string stageLine(std::string_view nonce, std::string_view stage);
/// Said once, at the end. `outcome` is ok, failed or notRun.
std::string resultLine(std::string_view nonce, ProbeOutcome outcome, std::uint32_t status,
                       std::string_view stage);

/// How the child ended, and what came of it.
struct ProbeChildEnd {
  enum class Kind { exited, timedOut, stopped } kind = Kind::exited;
  std::uint32_t exitCode = 0;
  std::string output;  ///< bounded by the reader; hostile
};
ProbeResult judgeProbe(std::string_view nonce, const ProbeChildEnd&);

}  // namespace imshealth
