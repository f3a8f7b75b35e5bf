#include "core/alerter.h"

namespace imshealth {

namespace {

/// For the metrics. The alerts about one counter service name it first (core/alerts.h).
void count(const Alert& alert, Totals& totals) {
  ++totals.alerts[alert.id];
  const auto of = [&]() -> ServiceTotals& { return totals.services[alert.strings.front()]; };
  switch (alert.id) {
    case 200: ++of().incidents; break;
    case 202: ++of().repaired; break;
    case 203: ++of().failed; break;
    case 204: ++of().notAttempted; break;
    default: break;
  }
}

}  // namespace

bool Alerter::writePending() {
  while (!pending_.empty() && log_.write(pending_.front())) {
    pending_.pop_front();
  }
  return pending_.empty();
}

void Alerter::raise(const Alert& alert) {
  pending_.push_back(alert);
  if (pending_.size() > State::maxPending) {
    pending_.pop_front();
  }
  (void)writePending();
  // For `status`, and for the next run; where the state cannot be written, the event log still has it.
  (void)state_.update([&](State& state) {
    count(alert, state.totals);
    state.lastAlerts.push_back({clock_.now(), alert.id, alert.strings});
    if (state.lastAlerts.size() > State::maxAlerts) {
      state.lastAlerts.erase(state.lastAlerts.begin());
    }
  });
  keepPending();
}

Result<void> Alerter::writeNow(const Alert& alert) {
  auto written = log_.write(alert);
  if (written) {
    (void)state_.update([&](State& state) { count(alert, state.totals); });
  }
  return written;
}

void Alerter::keepPending() {
  if (pending_.empty() && !keptSome_) {
    return;
  }
  const auto kept = state_.update([&](State& state) {
    if (!knowsEarlier_) {
      pending_.insert(pending_.begin(), state.pendingAlerts.begin(), state.pendingAlerts.end());
    }
    state.pendingAlerts.assign(pending_.begin(), pending_.end());
  });
  if (kept) {
    knowsEarlier_ = true;
    keptSome_ = !pending_.empty();
  }
}

void Alerter::retry() {
  if (!knowsEarlier_) {
    if (const auto state = state_.read()) {
      pending_.insert(pending_.begin(), state->pendingAlerts.begin(), state->pendingAlerts.end());
      knowsEarlier_ = true;
      keptSome_ = !state->pendingAlerts.empty();
    }
  }
  if (!pending_.empty()) {
    (void)writePending();
    keepPending();
  }
}

}  // namespace imshealth
