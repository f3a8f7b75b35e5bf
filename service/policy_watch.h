// Notices that something in the policy's folder has changed, where the system can tell.
#pragma once

#include "service/stop_signal.h"

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <string>

namespace imshealth {

/// Runs `onChange` to its end after each change, or burst of changes, of something whose name
/// `matters`, until the stop. A change that comes while it runs is a further one. Of a file with a
/// long and a short name the system tells either (ReadDirectoryChangesW, FILE_NOTIFY_INFORMATION),
/// so `matters` should know what to leave out rather than what to look for. A folder that cannot be
/// watched is not an error: the safety check of each minute looks at the file too.
boost::asio::awaitable<void> watchFolder(std::string folder, StopSignal&,
                                         std::function<bool(const std::string& name)> matters,
                                         std::function<boost::asio::awaitable<void>()> onChange);

}  // namespace imshealth
