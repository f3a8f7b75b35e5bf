// Proof that a repair worked. Exit codes are only hints: what counts is what LoadPerf
// logged, what the registry holds, whether the library opens in a fresh process, and that no new
// 1008 comes.
#pragma once

#include "config/policy.h"
#include "core/examine.h"
#include "core/plan.h"
#include "core/ports.h"
#include "core/witness.h"

#include <boost/asio/awaitable.hpp>

#include <string>

namespace imshealth {

struct Verification {
  enum class Result { proven, disproved, interrupted };
  Result result = Result::disproved;
  std::string reason;                      ///< why not; or what the proof rests on
  LogPosition seen;                        ///< proven: the log has been heard up to here
  bool restartNeeded = false;              ///< NT 4.0: consumers keep the old library until then
  StepKind failedStep = StepKind::verify;  ///< where the fault shows
};

/// What the repair has done, and what was before it.
struct Claim {
  bool unloaded = false;             ///< unlodctr was run
  bool loaded = false;               ///< lodctr was run
  std::optional<IndexSpace> before;  ///< absent: the counters had not been touched yet
  bool fromJournal = false;  ///< taken up after a restart: the log was not watched throughout
};

struct VerifyPorts {
  SurveyPorts survey;
  OpenProbe& probe;
  Sleeper& sleeper;
  LogTail& log;
  Witness& witness;
};

/// The witness must attend this service since before the first step: what LoadPerf said of the
/// steps is asked of it. Reads the log to its end, examines the server, open probe included, then
/// waits `verify.watchFor` for a new 1008. A log that cannot be read is no error: without proof it
/// is disproved. Interrupted: told to stop meanwhile.
boost::asio::awaitable<Verification> verify(const WatchPolicy&, const Policy&, PolicyOrigin,
                                            const Claim&, VerifyPorts);

}  // namespace imshealth
