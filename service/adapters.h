// Everything that Windows does for core, built in one place. The service and the commands use the
// same.
#pragma once

#include "core/alerter.h"
#include "core/attempt.h"
#include "core/state_keeper.h"
#include "service/alert_writer.h"
#include "service/clock.h"
#include "service/counter_registry.h"
#include "service/data_folder.h"
#include "service/file_facts.h"
#include "service/log_file.h"
#include "service/open_probe.h"
#include "service/repair_lock.h"
#include "service/server_facts.h"
#include "service/sleeper.h"
#include "service/state_files.h"
#include "service/stop_signal.h"
#include "service/tool_runner.h"

namespace imshealth {

class Adapters {
 public:
  /// Members in the order they need one another. `logFile` empty: nothing is logged (commands: the
  /// file is the service's).
  Adapters(const DataFolder& folder, const std::string& logFile, const LogPolicy& logPolicy)
      : log(logFile, logPolicy),
        stateFiles(folder.root),
        state(stateFiles),
        loggedAlerts(eventLog, log),
        alerter(loggedAlerts, state, clock),
        repairLock(log),
        tools(stop),
        loggedTools(tools, log),
        probe(ownProgram(), stop),
        loggedProbe(probe, log),
        sleeper(stop) {}

  Adapters(const Adapters&) = delete;
  Adapters& operator=(const Adapters&) = delete;

  SurveyPorts survey() { return {counters, files, server}; }
  RepairPorts repair(LogTail& tail) {
    return {survey(), counterBackup, fileChanges, loggedTools, loggedProbe, sleeper, tail, witness};
  }

  StopSignal stop;
  LogFile log;
  SystemClock clock;
  FolderStateFiles stateFiles;
  StateKeeper state;
  AlertWriter eventLog;
  LoggedAlerts loggedAlerts;
  Alerter alerter;
  WindowsCounterRegistry counters;
  WindowsCounterRegistryBackup counterBackup;
  WindowsFileFacts files;
  WindowsFileChanges fileChanges;
  WindowsServerFacts server;
  MutexRepairLock repairLock;
  ProcessToolRunner tools;
  LoggedTools loggedTools;
  ChildOpenProbe probe;
  LoggedProbe loggedProbe;
  TimerSleeper sleeper;
  Witness witness;
};

}  // namespace imshealth
