#include "core/alerter.h"

namespace imshealth {

namespace {

/// The alerts about one counter service name it first (core/alerts.h).
void count(const Alert& alert, Totals& totals) {
  ++totals.alerts[alert.id];
  const auto of = [&]() -> ServiceTotals& { return totals.services[alert.strings.front()]; };
  switch (alert.id) {
    case 200:
      ++of().incidents;
      break;
    case 202:
      ++of().repaired;
      break;
    case 203:
      ++of().failed;
      break;
    case 204:
      ++of().notAttempted;
      break;
    default:
      break;
  }
}

}  // namespace

void Alerter::raise(const Alert& alert) {
  pending_.push_back(alert);
  if (pending_.size() > maxPending) {
    pending_.pop_front();
  }
  retry();
  // Only for `status` and the metrics: where the state cannot be written, the event log still has
  // the alert.
  (void)state_.update([&](State& state) {
    count(alert, state.totals);
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
