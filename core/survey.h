// Reads the facts of one incident from the server, through the ports; changes nothing.
#pragma once

#include "config/policy.h"
#include "core/facts.h"
#include "core/ports.h"

namespace imshealth {

/// Everything but the open probe and what only the monitor knows (event, services failing
/// together). What cannot be read is a fact too (an error in its place), never a reason to fail.
/// What is not trusted is not read.
Facts survey(const WatchPolicy&, const SurveyPorts&);

}  // namespace imshealth
