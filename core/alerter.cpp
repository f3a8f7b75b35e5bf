#include "core/alerter.h"

#include <algorithm>

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

/// What the state file lists beside what this process put there itself.
std::vector<Alert> othersOf(std::vector<Alert> listed, const std::vector<Alert>& own) {
  for (const Alert& alert : own) {
    if (const auto found = std::ranges::find(listed, alert); found != listed.end()) {
      listed.erase(found);
    }
  }
  return listed;
}

}  // namespace

bool Alerter::writePending() {
  while (!pending_.empty() && log_.write(pending_.front())) {
    pending_.pop_front();
  }
  return pending_.empty();
}

void Alerter::forgetWritten() {
  if (kept_.empty()) {
    return;
  }
  const auto state = state_.read();
  if (!state) {
    return;
  }
  for (const Alert& written : othersOf(kept_, state->pendingAlerts)) {
    kept_.erase(std::ranges::find(kept_, written));
    if (const auto found = std::ranges::find(pending_, written); found != pending_.end()) {
      pending_.erase(found);
    }
  }
}

void Alerter::raise(const Alert& alert) {
  forgetWritten();
  pending_.push_back(alert);
  if (pending_.size() > State::maxPending) {
    pending_.pop_front();
  }
  (void)writePending();
  // For `status`, and for the next run; where the state cannot be written, the event log still has
  // it.
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
  if (pending_.empty() && kept_.empty()) {
    return;
  }
  const auto written = state_.update([this](State& state) {
    state.pendingAlerts = othersOf(state.pendingAlerts, kept_);
    state.pendingAlerts.insert(state.pendingAlerts.end(), pending_.begin(), pending_.end());
    if (state.pendingAlerts.size() > State::maxPending) {
      state.pendingAlerts.erase(state.pendingAlerts.begin(),
                                state.pendingAlerts.end() - State::maxPending);
    }
  });
  if (written) {
    kept_.assign(pending_.begin(), pending_.end());
  }
}

void Alerter::retry() {
  forgetWritten();
  if (const auto state = state_.read()) {
    const auto others = othersOf(state->pendingAlerts, kept_);
    pending_.insert(pending_.begin(), others.begin(), others.end());
    kept_.insert(kept_.end(), others.begin(), others.end());
  }
  (void)writePending();
  keepPending();
}

}  // namespace imshealth
