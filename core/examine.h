// Survey, open probe and diagnosis of one counter service, in this order; changes nothing.
#pragma once

#include "config/policy.h"
#include "core/async_ports.h"
#include "core/diagnose.h"
#include "core/facts.h"
#include "core/ports.h"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace imshealth {

/// What led to the examination; nothing of it where a person asked.
struct Occasion {
  std::optional<std::uint32_t> status;
  std::uint16_t eventId = 1008;
  int servicesFailingTogether = 1;
};

struct Examination {
  Facts facts;
  std::vector<Finding> findings;  ///< empty: healthy
};

/// The file that the policy came from; empty: the built-in default. A policy that others could
/// write may alert but never repair.
struct PolicyOrigin {
  std::string file;
};

boost::asio::awaitable<Examination> examine(const WatchPolicy&, const LimitsPolicy&, PolicyOrigin,
                                            Occasion, SurveyPorts, OpenProbe&);

}  // namespace imshealth
