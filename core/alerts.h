// The alerts of the contract, one function each: id, type and the order of the strings are decided
// here and nowhere else; foreign text is made safe here. Texts: service/messages.mc.
#pragma once

#include "core/alert.h"
#include "core/decide.h"
#include "core/time.h"

#include <cstdint>
#include <optional>
#include <string>

namespace imshealth::alerts {

Alert started(const std::string& version, Mode, const std::string& policyFile,
              const std::string& api);
Alert stopped(const std::string& reason);
Alert couldNotStart(const std::string& reason);
Alert policyTakenOver(const std::string& policyFile, Mode);
Alert policyRefused(const std::string& policyFile, int line, int column, const std::string& reason);
Alert incidentOpened(const std::string& counterService, Cause, const std::string& explanation,
                     Verdict, std::optional<std::uint32_t> status);
Alert repairBegins(const std::string& counterService, const std::string& steps);
Alert repairVerified(const std::string& counterService, const std::string& stepsDone, Milliseconds);
Alert repairFailed(const std::string& counterService, const std::string& failedStep,
                   const std::string& reason, bool rolledBack);
Alert repairNotAttempted(const std::string& counterService, Verdict);
Alert circuitOpen(const std::string& counterService, std::size_t attempts,
                  const std::string& lastReason);
Alert healthyAgain(const std::string& counterService);
/// Both numbers 0: not known.
Alert eventsMissed(std::uint64_t fromRecord, std::uint64_t toRecord, const std::string& reason);
Alert stateSetAside(const std::string& file, const std::string& movedTo);
Alert logUnreadable(const std::string& reason, Milliseconds retryIn);
Alert logReadableAgain(Milliseconds outage);
/// `setting`: what stands in the way of hearing; `remedy`: a sentence without a full stop.
Alert hearingImpeded(const std::string& setting, const std::string& remedy);
Alert proofLost(Milliseconds waited);
Alert heardAgain(Milliseconds outage);
Alert proofOfHearing(const std::string& nonce);

}  // namespace imshealth::alerts
