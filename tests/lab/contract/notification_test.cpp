// What only a real wait can show: a source that waits is woken by what is written, once it is
// written.
#include "service/classic_log.h"
#include "service/winevt_log.h"
#include "tests/lab/contract/lab_log.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include <chrono>
#include <optional>
#include <tuple>

using namespace imshealth;
using namespace std::chrono_literals;

namespace {

constexpr Milliseconds patience = 60s;  // a loaded machine; nothing waits so long that works

#if defined(_WIN64)
using EverySource = std::tuple<ClassicEventSource, WinevtEventSource>;
#else
using EverySource = std::tuple<ClassicEventSource>;
#endif

template <class Source>
struct Waiting {
  lab::LabLog log;
  boost::asio::io_context loop;
  Source source{loop.get_executor(), std::nullopt, 0};
  std::vector<std::string> heard;

  void drain() {
    for (;;) {
      const auto delivery = source.read();
      REQUIRE(delivery.has_value());
      for (const LogEvent& event : delivery->events)
        heard.push_back(event.strings.at(0));
      if (!delivery->more)
        return;
    }
  }
  /// How long the wait took, and whether the source is to go on.
  std::pair<Milliseconds, bool> wait(Milliseconds atMost) {
    std::optional<bool> goOn;
    const auto begin = std::chrono::steady_clock::now();
    boost::asio::co_spawn(loop, source.waitForChange(atMost),
                          [&](const std::exception_ptr&, bool result) { goOn = result; });
    loop.restart();
    while (!goOn)
      loop.run_one();
    return {std::chrono::duration_cast<Milliseconds>(std::chrono::steady_clock::now() - begin),
            *goOn};
  }
};

}  // namespace

TEMPLATE_LIST_TEST_CASE("A record ends the wait, also one that came before it", "", EverySource) {
  Waiting<TestType> waiting;
  const bool pulse = std::is_same_v<TestType, ClassicEventSource> && GENERATE(false, true);
  waiting.log.pulse(pulse);
  waiting.drain();
  (void)waiting.wait(100ms);  // what the opening itself signalled
  waiting.log.write("a");     // between two waits
  waiting.log.notify();
  const auto [took, goOn] = waiting.wait(patience);
  CHECK(took < patience);
  CHECK(goOn);
  waiting.drain();
  CHECK(waiting.heard == std::vector<std::string>{"a"});
}

TEMPLATE_LIST_TEST_CASE("A quiet log ends the wait when its time has passed", "", EverySource) {
  Waiting<TestType> waiting;
  waiting.drain();
  (void)waiting.wait(100ms);
  const auto [took, goOn] = waiting.wait(300ms);
  CHECK(took >= 290ms);  // the clocks tick apart
  CHECK(goOn);
}

TEMPLATE_LIST_TEST_CASE("A log that was opened again notifies again", "", EverySource) {
  Waiting<TestType> waiting;
  waiting.drain();
  waiting.log.stopService(1722);
  REQUIRE_FALSE(waiting.source.read().has_value());
  waiting.log.startService();
  waiting.drain();
  (void)waiting.wait(100ms);
  waiting.log.write("a");
  waiting.log.notify();
  CHECK(waiting.wait(patience).first < patience);
  waiting.drain();
  CHECK(waiting.heard == std::vector<std::string>{"a"});
}

TEMPLATE_LIST_TEST_CASE("A stop ends the wait", "", EverySource) {
  Waiting<TestType> waiting;
  waiting.drain();
  waiting.source.stop();
  CHECK_FALSE(waiting.wait(patience).second);
}
