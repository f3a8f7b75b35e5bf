#include "service/open_event_source.h"

#include "service/classic_log.h"
#include "service/winevt_log.h"

#include <utility>

namespace imshealth {
namespace {

/// Tried for real: a system that has wevtapi may still not take a subscription.
bool takesSubscription() {
  if (winevtFunctions() == nullptr) {
    return false;
  }
  const UniqueHandle signal(CreateEventW(nullptr, FALSE, FALSE, nullptr));
  WinevtLog log(signal.get());
  const std::uint32_t error = log.subscribe(WinevtApi::Start::oldest, {});
  log.close();
  // At boot the log service may still be on its way up; that says nothing about the API.
  return error == 0 || isLogServiceAway(error);
}

}  // namespace

std::unique_ptr<StoppableEventSource> openEventSource(boost::asio::any_io_executor executor,
                                                      EventApi api, std::optional<Cursor> saved,
                                                      std::int64_t lookBackStart) {
  if (api == EventApi::automatic) {
    api = takesSubscription() ? EventApi::winevt : EventApi::classic;
  }
  if (api == EventApi::winevt) {
    return std::make_unique<WinevtEventSource>(std::move(executor), std::move(saved),
                                               lookBackStart);
  }
  return std::make_unique<ClassicEventSource>(std::move(executor), std::move(saved), lookBackStart);
}

}  // namespace imshealth
