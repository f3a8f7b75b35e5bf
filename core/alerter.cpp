#include "core/alerter.h"

namespace imshealth {

void Alerter::raise(const Alert& alert) {
  pending_.push_back(alert);
  if (pending_.size() > maxPending) {
    pending_.pop_front();
  }
  retry();
  // Only for `status`: where the state cannot be written, the event log still has the alert.
  (void)state_.update([&](State& state) {
    state.lastAlerts.push_back({clock_.now(), alert.id, alert.strings});
    if (state.lastAlerts.size() > State::maxAlerts) {
      state.lastAlerts.erase(state.lastAlerts.begin());
    }
  });
}

void Alerter::retry() {
  while (!pending_.empty() && log_.write(pending_.front())) {
    pending_.pop_front();
  }
}

}  // namespace imshealth
