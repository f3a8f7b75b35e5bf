#include "core/state_keeper.h"

namespace imshealth {

namespace {

class Locked {
 public:
  explicit Locked(StateFiles& files) : files_(files), result_(files.lock()) {}
  ~Locked() {
    if (result_) {
      files_.unlock();
    }
  }
  Locked(const Locked&) = delete;
  Locked& operator=(const Locked&) = delete;
  const Result<void>& result() const { return result_; }

 private:
  StateFiles& files_;
  Result<void> result_;
};

}  // namespace

Result<State> StateKeeper::readGenerations() {
  using Generation = StateFiles::Generation;
  for (const Generation generation : {Generation::current, Generation::previous}) {
    const auto text = files_.read(generation);
    if (!text && text.error().kind != ErrorKind::missing) {
      return text.error();
    }
    if (!text) {
      continue;
    }
    auto state = readState(*text);
    if (state) {
      return state;
    }
    const auto movedTo = files_.setAside(generation);
    setAside_.push_back({generation == Generation::current ? "state.json" : "state.previous.json",
                         movedTo ? *movedTo : "nowhere: " + movedTo.error().describe()});
  }
  return State{};
}

Result<State> StateKeeper::read() {
  const Locked locked(files_);
  if (!locked.result()) {
    return locked.result().error();
  }
  return readGenerations();
}

Result<State> StateKeeper::update(const std::function<void(State&)>& change) {
  const Locked locked(files_);
  if (!locked.result()) {
    return locked.result().error();
  }
  auto state = readGenerations();
  if (!state) {
    return state;
  }
  const State before = *state;
  change(*state);
  if (*state == before) {
    return state;
  }
  if (const auto written = files_.replace(writeState(*state)); !written) {
    return written.error();
  }
  changed_();
  return state;
}

}  // namespace imshealth
