// The promises of an event source over a scripted event-log API.
#include "tests/support/fake_event_log.h"

#include <tuple>

namespace {

struct Classic {
  using Log = imshealth::test::FakeLog;
  using Api = imshealth::test::FakeClassicApi;
  using Reader = imshealth::ClassicReader;
  static constexpr bool numbersGoOn = false;
};
/// The classic interface on Vista and later.
struct ClassicOnVista : Classic {
  static constexpr bool numbersGoOn = true;
};
struct Winevt {
  using Log = imshealth::test::FakeLog;
  using Api = imshealth::test::FakeWinevtApi;
  using Reader = imshealth::WinevtReader;
  static constexpr bool numbersGoOn = true;
};
using EveryBackend = std::tuple<Classic, ClassicOnVista, Winevt>;

}  // namespace

#include "tests/support/event_source_promises.h"
