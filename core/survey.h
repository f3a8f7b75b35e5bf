// Reads the facts of one incident from the server, through the ports; changes nothing.
#pragma once

#include "config/policy.h"
#include "core/facts.h"
#include "core/ports.h"

#include <string>

namespace imshealth {

/// Everything but the open probe and what only the monitor knows (event, services failing
/// together). What cannot be read is a fact too (an error in its place), never a reason to fail.
/// What is not trusted is not read. `policyFile`: absolute path of the policy in force, whose trust
/// is a fact too; empty: the built-in policy.
Facts survey(const WatchPolicy&, const SurveyPorts&, const std::string& policyFile = {});

}  // namespace imshealth
