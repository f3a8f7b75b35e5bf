// Notices that something in the policy's folder has changed, and waits until it has settled:
// editors write in pieces, or replace the file.
#pragma once

#include "core/time.h"
#include "service/stop_signal.h"

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <string>

namespace imshealth {

/// Calls `onChange` after each burst of changes, until the stop. A folder that cannot be watched is
/// not an error: the safety check of each minute looks at the file too.
boost::asio::awaitable<void> watchFolder(std::string folder, Milliseconds settling, StopSignal&,
                                         std::function<void()> onChange);

}  // namespace imshealth
