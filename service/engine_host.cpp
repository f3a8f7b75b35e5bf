#include "service/engine_host.h"

#include "config/ascii.h"
#include "core/alerts.h"
#include "core/hearing_check.h"
#include "core/listen.h"
#include "core/monitor.h"
#include "core/version.h"
#include "core/windows_path.h"
#include "service/adapters.h"
#include "service/file_facts.h"
#include "service/log_settings.h"
#include "service/metrics_file.h"
#include "service/open_event_source.h"
#include "service/policy_keeper.h"
#include "service/policy_watch.h"
#include "service/win32/named_mutex.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace asio = boost::asio;

namespace imshealth {
namespace {

// Editors write in pieces, or replace the file: it is judged when two looks in a row see the same.
constexpr Milliseconds policySettling = std::chrono::milliseconds(500);
constexpr int policyLooks = 20;
/// With what comes before and after, it has stopped within 20 s.
constexpr Milliseconds longestFarewell = std::chrono::seconds(18);
constexpr Milliseconds farewellStep = std::chrono::milliseconds(100);

/// co_spawn's completion: a mistake of ours leaves the loop and ends the program.
void orEnd(const std::exception_ptr& failure) {
  if (failure) {
    std::rethrow_exception(failure);
  }
}

}  // namespace

struct EngineHost::Engine : Listener, LogTail {
  Engine(DataFolder dataFolder, std::optional<std::string> otherPolicy, EngineEvents engineEvents)
      : folder(std::move(dataFolder)),
        events(std::move(engineEvents)),
        keeper(otherPolicy ? *otherPolicy : folder.policyFile(),
               otherPolicy ? std::string() : folder.keptPolicyFile(), [this] {
                 return whyNotTrusted(WindowsFileFacts(), "policy", keeper.file()).empty();
               }) {}

  // --- the log hands on -------------------------------------------------------------------------
  void onEvent(const LogEvent& event) override {
    logHeard(adapters->log, event);
    hearing->heard(event);
    monitor->heard(event);
  }
  void onAlert(const Alert& alert) override {
    adapters->alerter.raise(alert);
    sayRunning();  // the log cannot be read and that is said: the reader goes on trying
  }
  void onPosition(const Cursor& cursor, bool saveNow) override {
    position = cursor;
    hearing->caughtUp();
    monitor->caughtUp(cursor, source->api(), saveNow);
    sayRunning();
  }
  Result<LogPosition> drain() override {
    if (auto drained = listening->drain(); !drained) {
      return drained.error();
    }
    return LogPosition{position.epoch, position.newestSeen};
  }

  // --- life ------------------------------------------------------------------------------------
  Result<void> start();
  asio::awaitable<void> live();
  asio::awaitable<void> checkEachMinute();
  asio::awaitable<void> awaitIdle();
  asio::awaitable<void> lookWhenWritten();
  void judgePolicy(const PolicyLook& seen);
  void metricsChanged();
  void beginStop(std::string why);
  void sayRunning();

  DataFolder folder;
  EngineEvents events;
  asio::io_context loop{1};
  PolicyKeeper keeper;
  NamedMutex instance{L"ImsHealthInstance"};
  std::unique_ptr<Adapters> adapters;
  std::unique_ptr<MetricsFile> metrics;
  bool metricsDue = false;
  std::unique_ptr<StoppableEventSource> source;
  std::unique_ptr<Listening> listening;
  std::unique_ptr<HearingCheck> hearing;
  std::unique_ptr<Monitor> monitor;
  Cursor position;
  bool journalOpen = false;  ///< at the start
  bool saidRunning = false;
  std::string stopReason;
};

Result<void> EngineHost::Engine::start() {
  if (auto only = instance.acquire(0); !only) {
    return Error(only.error().kind, "not started", only.error().systemCode,
                 only.error().kind == ErrorKind::timedOut ? "another instance is running"
                                                          : only.error().text);
  }
  events.onProgress();
  const auto made = makeDataFolder(folder);
  if (!made) {
    return made.error();
  }
  PolicyInForce inForce = keeper.load();
  adapters = std::make_unique<Adapters>(folder, folder.logFile(), inForce.policy.log);
  adapters->log.info(std::string("imshealth ") + version + " starts");
  // Not refused: as NT 4.0 and 2000 come, Everyone may change the root of the drive.
  if (const auto why = whyNotTrusted(adapters->files, "program", ownProgram()); !why.empty()) {
    adapters->log.warn("others could replace this program: " + why);
  }
  metrics = std::make_unique<MetricsFile>(adapters->state, adapters->files, adapters->clock,
                                          adapters->log);
  metrics->follow(inForce.policy);
  metrics->markRefused(inForce.refusal.has_value());
  adapters->state.onChange([this] { metricsChanged(); });
  for (const SetAside& foreign : *made) {
    adapters->alerter.raise(alerts::stateSetAside(foreign.file, foreign.movedTo));
  }
  events.onProgress();

  std::optional<Cursor> saved;
  if (const auto state = adapters->state.read()) {
    journalOpen = state->journal.has_value();
    if (!state->cursor.api.empty()) {
      saved = state->cursor;
      position = *saved;
    }
  } else {
    // The reader begins at the look-back: what lies between is not read.
    const std::string why = "the last position cannot be read: " + state.error().describe();
    adapters->log.error(why);
    adapters->alerter.raise(alerts::eventsMissed(0, 0, why));
  }
  const std::int64_t lookBackStart =
      toSeconds(adapters->clock.now() - inForce.policy.eventLog.lookBack);
  source = openEventSource(loop.get_executor(), inForce.policy.eventLog.api, saved, lookBackStart);
  listening = std::make_unique<Listening>(*source, *this, adapters->sleeper, adapters->clock);
  hearing = std::make_unique<HearingCheck>(adapters->clock, adapters->state, adapters->alerter);
  hearing->takeUp();
  const std::string file = inForce.file;
  const Mode mode = inForce.policy.mode;
  monitor =
      std::make_unique<Monitor>(loop.get_executor(),
                                MonitorPorts{adapters->clock, adapters->state, adapters->alerter,
                                             adapters->repairLock, adapters->repair(*this)},
                                std::move(inForce.policy), PolicyOrigin{file}, folder.backup());
  if (inForce.refusal) {  // later than the policy in force: so status tells it from an old one
    adapters->alerter.raise(*inForce.refusal);
  }
  adapters->alerter.raise(alerts::started(version, mode, file.empty() ? "built-in default" : file,
                                          std::string(source->api())));
  for (const Alert& impediment : impediments(readLogSettings())) {
    adapters->alerter.raise(impediment);
  }
  return {};
}

asio::awaitable<void> EngineHost::Engine::live() {
  if (journalOpen) {
    sayRunning();  // to finish a repair may take minutes, and a service that starts takes no STOP
  }
  co_await monitor->takeUp();
  co_await listening->run();
  co_await awaitIdle();
  // Everything has ended that was told to; what still hangs (a wait on a dead driver) is left
  // behind.
  adapters->alerter.raise(alerts::stopped(stopReason));
  adapters->log.info("imshealth stops: " + stopReason);
  loop.stop();
}

asio::awaitable<void> EngineHost::Engine::checkEachMinute() {
  // Not `while (co_await …)`: mingw's g++ 12 then lays out the coroutine's frame with its functions
  // in the wrong place, and resuming it jumps into nowhere (seen in the disassembly).
  for (;;) {
    const bool goOn = co_await adapters->sleeper.sleep(Listening::safetyCheck);
    if (!goOn) {
      co_return;
    }
    hearing->safetyCheck();
    if (const auto at = listening->lastRead()) {
      monitor->noteRead(*at);
    }
    monitor->safetyCheck();
    metrics->write();
    co_await lookWhenWritten();
  }
}

/// A step of a repair that is being ended or rolled back may go on for a while.
asio::awaitable<void> EngineHost::Engine::awaitIdle() {
  asio::steady_timer timer(loop);
  for (Milliseconds waited{0}; !monitor->isIdle() && waited < longestFarewell;
       waited += farewellStep) {
    events.onProgress();
    timer.expires_after(farewellStep);
    co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
  }
}

/// A file that somebody keeps open or goes on writing is judged as it is in the end.
asio::awaitable<void> EngineHost::Engine::lookWhenWritten() {
  PolicyLook seen = keeper.look();
  for (int looks = 1; keeper.isNews(seen) && looks < policyLooks; ++looks) {
    const bool goOn = co_await adapters->sleeper.sleep(policySettling);
    if (!goOn) {
      co_return;
    }
    const PolicyLook before = std::exchange(seen, keeper.look());
    if (seen == before && !seen.isInUse()) {
      break;
    }
  }
  judgePolicy(seen);
}

void EngineHost::Engine::judgePolicy(const PolicyLook& seen) {
  auto change = keeper.judge(seen);
  if (!change) {
    return;
  }
  metrics->markRefused(!change->policy);
  if (change->refusal) {
    adapters->alerter.raise(*change->refusal);
  }
  if (change->policy) {
    monitor->adopt(
        std::move(*change->policy), PolicyOrigin{change->file}, [this, file = change->file] {
          const Policy& policy = monitor->policy();
          metrics->follow(policy);
          adapters->log.setLevel(policy.log.level);
          adapters->alerter.raise(
              alerts::policyTakenOver(file.empty() ? "built-in default" : file, policy.mode));
        });
  }
}

/// Many changes in a row are written once.
void EngineHost::Engine::metricsChanged() {
  if (!std::exchange(metricsDue, true)) {
    asio::post(loop, [this] {
      metricsDue = false;
      metrics->write();
    });
  }
}

void EngineHost::Engine::sayRunning() {
  if (!std::exchange(saidRunning, true)) {
    events.onRunning();
  }
}

void EngineHost::Engine::beginStop(std::string why) {
  if (!adapters || adapters->stop.raised()) {
    return;
  }
  stopReason = std::move(why);
  monitor->stop();
  adapters->stop.raise();
  source->stop();
}

EngineHost::EngineHost(DataFolder folder, std::optional<std::string> policyFile,
                       EngineEvents events)
    : engine_(
          std::make_unique<Engine>(std::move(folder), std::move(policyFile), std::move(events))) {}

EngineHost::~EngineHost() = default;

Result<void> EngineHost::run() {
  Engine& engine = *engine_;
  if (auto started = engine.start(); !started) {
    return started;
  }
  const std::string& policyFile = engine.keeper.file();
  const std::string folder(folderOf(policyFile)), name(fileNameOf(policyFile));
  const auto mayBeThePolicy = [name](const std::string& other) {
    return equalsIgnoringCase(other, name) || !isWrittenByService(other);
  };
  asio::co_spawn(engine.loop, engine.live(), orEnd);
  asio::co_spawn(engine.loop, engine.checkEachMinute(), orEnd);
  asio::co_spawn(engine.loop,
                 watchFolder(folder, engine.adapters->stop, mayBeThePolicy,
                             [&engine] { return engine.lookWhenWritten(); }),
                 orEnd);
  engine.loop.run();
  // Here, by the thread that holds it, and before STOPPED is told: whoever starts the service again
  // at once is not to find it taken.
  engine.instance.release();
  return {};
}

void EngineHost::requestStop(std::string reason) {
  asio::post(engine_->loop, [engine = engine_.get(), why = std::move(reason)]() mutable {
    engine->beginStop(std::move(why));
  });
}

void EngineHost::requestPause(bool paused) {
  asio::post(engine_->loop, [engine = engine_.get(), paused] { engine->monitor->pause(paused); });
}

void EngineHost::requestPolicy() {
  asio::post(engine_->loop,
             [engine = engine_.get()] { engine->judgePolicy(engine->keeper.look()); });
}

}  // namespace imshealth
