// Puts back what a repair has changed, out of its backup.
#pragma once

#include "core/async_ports.h"
#include "core/backup.h"
#include "core/journal.h"

#include <boost/asio/awaitable.hpp>

#include <string>

namespace imshealth {

/// Trying again will not help: others have loaded counters since, or the backup is damaged.
bool isForGood(const Error&);

/// A disturbance may pass: it is tried three times. True: all is as it was. Else `reason` says more
/// afterwards; the journal stays open where a later try may succeed.
boost::asio::awaitable<bool> rollBack(Backup&, Journal&, Sleeper&, std::string& reason);

}  // namespace imshealth
