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

namespace {

/// What is no state: larger than any is, or not what was written.
bool isDamaged(const Error& error) {
  return error.kind == ErrorKind::unsupported || error.kind == ErrorKind::corrupt;
}

}  // namespace

void StateKeeper::setAside(StateFiles::Generation generation) {
  const bool current = generation == StateFiles::Generation::current;
  const auto movedTo = files_.setAside(generation);
  bool& stuck = current ? currentStuck_ : previousStuck_;
  if (movedTo || !stuck) {  // what cannot be moved is met again with each update
    setAside_.push_back({current ? "state.json" : "state.previous.json",
                         movedTo ? *movedTo : "nowhere: " + movedTo.error().describe()});
  }
  stuck = !movedTo;
}

Result<State> StateKeeper::readGenerations(Damaged damaged) {
  using Generation = StateFiles::Generation;
  for (const Generation generation : {Generation::current, Generation::previous}) {
    const auto text = files_.read(generation);
    auto state = text ? readState(*text) : Result<State>(text.error());
    if (state) {
      return state;
    }
    if (state.error().kind == ErrorKind::missing) {
      continue;
    }
    if (!isDamaged(state.error())) {
      return state;
    }
    if (damaged == Damaged::setAside) {
      setAside(generation);
    }
  }
  return State{};
}

Result<State> StateKeeper::read() {
  const Locked locked(files_);
  if (!locked.result()) {
    return locked.result().error();
  }
  return readGenerations(Damaged::leave);
}

Result<State> StateKeeper::update(const std::function<void(State&)>& change) {
  const Locked locked(files_);
  if (!locked.result()) {
    return locked.result().error();
  }
  auto state = readGenerations(Damaged::setAside);
  if (!state) {
    return state;
  }
  const State before = *state;
  change(*state);
  if (*state == before) {
    return state;
  }
  const std::string text = writeState(*state);
  auto written = files_.replace(text);
  if (!written) {
    // The generation before is only read where the current one is bad: a folder in its place shows
    // here.
    const auto previous = files_.read(StateFiles::Generation::previous);
    if (!previous && isDamaged(previous.error())) {
      setAside(StateFiles::Generation::previous);
      written = files_.replace(text);
    }
  }
  if (!written) {
    return written.error();
  }
  changed_();
  return state;
}

}  // namespace imshealth
