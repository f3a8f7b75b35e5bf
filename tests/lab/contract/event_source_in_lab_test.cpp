// The promises of an event source over the lab's log, through the product's own adapters: what they
// call is answered by the stand-ins for ADVAPI32 and wevtapi.
#include "service/classic_log.h"
#include "service/winevt_log.h"
#include "tests/lab/contract/lab_log.h"

#include <tuple>

namespace {

/// An adapter and the event that it has the log signal.
template <class Adapter>
class WithSignal {
 public:
  explicit WithSignal(lab::LabLog&) {}
  operator Adapter&() { return adapter_; }

 private:
  imshealth::UniqueHandle changed_{CreateEventW(nullptr, FALSE, FALSE, nullptr)};
  Adapter adapter_{changed_.get()};
};

struct Classic {
  using Log = lab::LabLog;
  using Api = WithSignal<imshealth::ClassicLog>;
  using Reader = imshealth::ClassicReader;
  using Source = imshealth::ClassicEventSource;
  static constexpr bool numbersGoOn = false;
};
/// The classic interface on Vista and later.
struct ClassicOnVista : Classic {
  static constexpr bool numbersGoOn = true;
};
struct Winevt {
  using Log = lab::LabLog;
  using Api = WithSignal<imshealth::WinevtLog>;
  using Reader = imshealth::WinevtReader;
  using Source = imshealth::WinevtEventSource;
  static constexpr bool numbersGoOn = true;
};
#if defined(_WIN64)
using EveryBackend = std::tuple<Classic, ClassicOnVista, Winevt>;
#else
using EveryBackend = std::tuple<Classic, ClassicOnVista>;  // the x86 lab stands for NT 4.0 and 2000
#endif

}  // namespace

#include "tests/support/event_source_promises.h"
