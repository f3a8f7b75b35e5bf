// A simulated Exchange server that implements every port: registry, files, tools, library, event
// log and clock, in memory and under a fake clock. Any port call can be made to fail, or the
// program to be killed at it. What a repair may change can be compared whole.
#pragma once

#include "core/alerter.h"
#include "core/async_ports.h"
#include "core/monitor.h"
#include "core/ports.h"
#include "core/state_keeper.h"
#include "core/witness.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace imshealth::testing {

/// Thrown out of a port call: the process is gone at this point.
struct Killed {};

/// What a repair may change, and what it must not: compared whole.
struct ServerContents {
  std::map<std::string, KeyImage> performanceKeys;
  KeyImage perflibTotals;
  std::map<std::string, std::vector<std::uint8_t>> files;  ///< without the data folder

  bool operator==(const ServerContents&) const = default;
};

/// How the tools and the library behave; by default as they should.
struct Behaviour {
  bool unlodctrDoesNothing = false;
  bool unlodctrHangs = false;
  bool lodctrDoesNothing = false;  ///< and says 0
  bool lodctrFails = false;        ///< exit code 112, LoadPerf 3009
  bool lodctrLeavesTexts = false;  ///< with lodctrFails: the texts are written, the totals are not
  bool lodctrHangs = false;
  /// With lodctrHangs: names cut off, help texts renamed away (Q251181).
  bool lodctrLeavesHalfAFile = false;
  bool regsvr32Hangs = false;
  std::uint32_t regsvr32Exit = 0;
  std::uint32_t unlodctrExit = 0;
  std::uint32_t openStatus = 0;  ///< what Open returns although all is in place
  /// The tools log; systemFacts has what the system says of the source.
  bool loadPerfSource = true;
  bool failsAgainWhileWatched = false;  ///< a 1008 comes after lodctr
  bool clearedWhileWatched = false;     ///< before that, somebody clears the log
  bool othersLoadMeanwhile = false;     ///< another product loads its counters right after unlodctr
};

class SimulatedServer : public Clock,
                        public AlertLog,
                        public CounterRegistry,
                        public CounterRegistryBackup,
                        public FileFacts,
                        public FileChanges,
                        public ServerFacts,
                        public StateFiles,
                        public RepairLock,
                        public ToolRunner,
                        public OpenProbe,
                        public Sleeper,
                        public LogTail {
 public:
  /// Healthy: MSExchangeIMC with three counters, a second product's counters after it.
  SimulatedServer();
  ~SimulatedServer() override;
  SimulatedServer(const SimulatedServer&) = delete;
  SimulatedServer& operator=(const SimulatedServer&) = delete;

  // --- the world
  ServerContents contents() const;
  void removeCounters();  ///< as unlodctr leaves it
  void breakCounters();   ///< index values that contradict each other
  void setIndexValue(const std::string& name, std::uint32_t value);  ///< of MSExchangeIMC
  void setName(std::uint32_t index, const std::string& name);        ///< a text of perfc009.dat
  void removeHelp(std::uint32_t index);
  void unregisterLibrary();
  void deleteLibrary();
  /// A second service like MSExchangeIMC, in order; its counter file is C:\exchsrvr\bin\<name>.ini.
  void addHealthy(const std::string& service);

  Behaviour behaviour;
  SystemFacts systemFacts;
  ServiceFacts serviceFacts;
  std::map<std::string, KeyImage> performanceKeys;
  KeyImage perflibTotals;
  std::map<std::string, std::vector<std::uint8_t>> files;
  std::set<std::string> worldWritable;  ///< paths that everybody may write

  // --- what happened
  std::vector<std::string> toolsRun;  ///< "C:\…>lodctr imcperf.ini"
  std::vector<Alert> alerts;
  std::vector<std::uint16_t> alertIds() const;
  int probes = 0;

  // --- faults: calls are counted from 1; 0 never
  mutable int calls = 0;
  int failAtCall = 0;
  int killAtCall = 0;        ///< before the call takes effect
  int killAfterCall = 0;     ///< after it took effect
  bool failOnwards = false;  ///< failAtCall and all later calls of the same name
  std::string alwaysFails;   ///< every call of this name
  /// Before each; for what others do meanwhile.
  std::function<void(const std::string& call)> onCall;

  // --- running
  /// One per run of the program; a new one drops every coroutine that was under way.
  std::unique_ptr<boost::asio::io_context> io = std::make_unique<boost::asio::io_context>();
  void endProcess();
  Time now_ = timeFromSeconds(946684800);
  bool stopping = false;
  std::function<void(const LogEvent&)> deliverTo;  ///< what drain hands events to
  LogEvent& logEvent(const std::string& source, std::uint16_t code,
                     std::vector<std::string> strings, std::vector<std::uint8_t> data = {});
  void logOpenFailure(const std::string& service = "MSExchangeIMC", std::uint32_t status = 2);
  void clearLog();  ///< record numbers begin at 1 again
  /// Runs until nothing is left to do but to wait for the outside; the clock jumps from sleep to
  /// sleep.
  void run();
  void advance(Milliseconds duration) { now_ += duration; }

  // --- the ports
  Time now() const override { return now_; }
  LocalTime local(Time) const override;
  Result<void> write(const Alert&) override;
  Result<PerformanceKey> performanceKey(const std::string& service) const override;
  Result<IndexSpace> indexSpace() const override;
  Result<KeyImage> capturePerformanceKey(const std::string& service) const override;
  Result<void> restorePerformanceKey(const std::string& service, const KeyImage&) override;
  Result<KeyImage> capturePerflibTotals() const override;
  Result<void> restorePerflibTotals(const KeyImage&) override;
  FileFact examine(const std::string& path) const override;
  Result<std::vector<std::uint8_t>> read(const std::string& path,
                                         std::uint64_t limit) const override;
  PathTrust trustOf(const std::string& purpose, const std::string& path) const override;
  Result<void> makeFolder(const std::string& path) override;
  Result<void> replace(const std::string& path, const std::vector<std::uint8_t>& bytes) override;
  Result<void> remove(const std::string& path) override;
  SystemFacts system() const override { return systemFacts; }
  ServiceFacts service(const std::string&) const override { return serviceFacts; }
  std::string expandVariables(const std::string& text) const override { return text; }
  bool findsDll(const std::string&, const std::string&) const override { return true; }
  Result<std::string> read(Generation) const override;
  Result<void> replace(const std::string& text) override;
  Result<std::string> setAside(Generation) override;
  Result<void> lock() override;
  void unlock() override {}
  bool tryAcquire() override;
  void release() override { lockHeld = false; }
  boost::asio::awaitable<Result<ToolResult>> run(const ToolCommand&,
                                                 Milliseconds deadline) override;
  boost::asio::awaitable<ProbeResult> probe(const ProbeRequest&, Milliseconds deadline) override;
  boost::asio::awaitable<bool> sleep(Milliseconds) override;
  Result<LogPosition> drain() override;

  RepairPorts repairPorts(Witness& witness);

  std::string stateText, previousStateText;
  bool lockHeld = false;
  bool otherProcessRepairs = false;

 private:
  enum class Fate { go, fail };
  /// Counts the call; throws Killed or tells it to fail.
  Fate touch(const std::string& call) const;
  void effectDone() const;
  void toolEffect(const ToolCommand&, ToolResult&);
  void regsvr32(ToolResult&);
  void unlodctr(const std::string& service, ToolResult&);
  void lodctr(const ToolCommand&, ToolResult&);
  void loadTexts(const std::string& service, const std::vector<std::string>& names);
  std::optional<std::uint32_t> dword(const KeyImage&, const std::string& name) const;

  std::multimap<Time, std::shared_ptr<boost::asio::steady_timer>> sleepers_;
  std::vector<LogEvent> log_;
  std::size_t delivered_ = 0;
  std::uint32_t epoch_ = 0;
  mutable std::string failedCall_;
};

inline constexpr char imcKey[] = "MSExchangeIMC";
inline constexpr char libraryPath[] = "C:\\exchsrvr\\bin\\imsperf.dll";

/// A policy that watches MSExchangeIMC in this mode.
Policy policyFor(Mode mode);

}  // namespace imshealth::testing
