#include "service/stop_signal.h"

#include <utility>

namespace imshealth {

StopSignal::StopSignal() : event_(CreateEventW(nullptr, TRUE, FALSE, nullptr)) {}

void StopSignal::raise() {
  if (raised_) {
    return;
  }
  raised_ = true;
  SetEvent(event_.get());
  for (const auto& onRaise : listeners_) {
    onRaise();  // only posts or cancels: nobody ends his listening in here
  }
}

StopSignal::Listener::Listener(StopSignal& signal, std::function<void()> onRaise)
    : signal_(signal),
      place_(signal.listeners_.insert(signal.listeners_.end(), std::move(onRaise))) {}

StopSignal::Listener::~Listener() {
  signal_.listeners_.erase(place_);
}

}  // namespace imshealth
