// Which of the two event-log APIs the service listens through.
#pragma once

#include "config/policy.h"
#include "core/event_source.h"

#include <boost/asio/any_io_executor.hpp>

#include <cstdint>
#include <memory>
#include <optional>

namespace imshealth {

/// An EventSource that ends its wait when it is told to. All calls from the executor's one thread.
class StoppableEventSource : public EventSource {
 public:
  /// waitForChange() returns false, now and from now on.
  virtual void stop() = 0;
};

/// `automatic` is winevt where a subscription succeeds, else classic. An API that the policy names
/// but the system lacks is opened all the same: each read() says what is wrong. `saved` and
/// `lookBackStart`: see ClassicReader.
std::unique_ptr<StoppableEventSource> openEventSource(boost::asio::any_io_executor, EventApi,
                                                      std::optional<Cursor> saved,
                                                      std::int64_t lookBackStart);

}  // namespace imshealth
