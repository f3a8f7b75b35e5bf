// The outside world, in the words of the field. Adapters for Windows live in service/; the tests
// have a simulated server that implements them all, with faults injected. Synchronous calls; all
// are made from the engine's one thread. Asynchronous ones: core/async_ports.h.
#pragma once

#include "core/alert.h"
#include "core/error.h"
#include "core/facts.h"
#include "core/time.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace imshealth {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Time now() const = 0;  ///< wall clock, UTC; may jump
  virtual LocalTime local(Time) const = 0;
};

/// The Application event log, for writing. Error: it was not written; core/alerter.h keeps it and
/// tries again.
class AlertLog {
 public:
  virtual ~AlertLog() = default;
  virtual Result<void> write(const Alert&) = 0;
};

/// Counters in the registry, reading.
class CounterRegistry {
 public:
  virtual ~CounterRegistry() = default;
  /// Absent key: PerformanceKey::exists is false.
  virtual Result<PerformanceKey> performanceKey(const std::string& service) const = 0;
  /// Totals, ranges of all services, texts of all languages.
  virtual Result<IndexSpace> indexSpace() const = 0;
};

/// A registry value as it stands there, for backup and exact restore.
struct RegistryValue {
  std::string name;
  std::uint32_t type = 0;  ///< REG_SZ 1, REG_EXPAND_SZ 2, REG_BINARY 3, REG_DWORD 4, REG_MULTI_SZ 7
  std::vector<std::uint8_t> bytes;

  bool operator==(const RegistryValue&) const = default;
};

/// A Performance key or the Perflib totals, whole.
struct KeyImage {
  bool exists = false;
  std::vector<RegistryValue> values;  ///< sorted by name

  bool operator==(const KeyImage&) const = default;
};

/// Counters in the registry, backing up and putting back. Every change is flushed (RegFlushKey).
class CounterRegistryBackup {
 public:
  virtual ~CounterRegistryBackup() = default;
  virtual Result<KeyImage> capturePerformanceKey(const std::string& service) const = 0;
  /// Makes the key exactly as the image: values that are not in it are deleted.
  virtual Result<void> restorePerformanceKey(const std::string& service, const KeyImage&) = 0;
  virtual Result<KeyImage> capturePerflibTotals() const = 0;
  virtual Result<void> restorePerflibTotals(const KeyImage&) = 0;
};

/// Files, reading. Nothing is ever loaded as a module.
class FileFacts {
 public:
  virtual ~FileFacts() = default;
  virtual FileFact examine(const std::string& path) const = 0;
  /// At most `limit` bytes; a larger file is an error of kind unsupported.
  virtual Result<std::vector<std::uint8_t>> read(const std::string& path,
                                                 std::uint64_t limit) const = 0;
  virtual PathTrust trustOf(const std::string& purpose, const std::string& path) const = 0;
};

/// Files, changing: backup folder, restore of the library and the text files.
class FileChanges {
 public:
  virtual ~FileChanges() = default;
  /// Creates the folder and what is missing above it; those that it creates are for SYSTEM and
  /// Administrators only. There already: no error.
  virtual Result<void> makeFolder(const std::string& path) = 0;
  /// Writes beside the target, flushes, renames over it. The target's attributes and ACL stay.
  virtual Result<void> replace(const std::string& path, const std::vector<std::uint8_t>& bytes) = 0;
  virtual Result<void> remove(const std::string& path) = 0;  ///< not there: no error
};

/// The machine and its services, reading.
class ServerFacts {
 public:
  virtual ~ServerFacts() = default;
  virtual SystemFacts system() const = 0;
  virtual ServiceFacts service(const std::string& name) const = 0;
  /// %SystemRoot% and the like; a text without variables comes back as it is.
  virtual std::string expandVariables(const std::string& text) const = 0;
  /// Where Windows would find this DLL for a library in `directory`: there, in the system
  /// directory, in the Windows directory, among the known DLLs. False: nowhere.
  virtual bool findsDll(const std::string& name, const std::string& directory) const = 0;
};

/// state.json and the generation before it. Replacing is atomic and flushed: after a crash the file
/// is the old or the new one.
class StateFiles {
 public:
  virtual ~StateFiles() = default;
  enum class Generation { current, previous };
  /// Error kind missing: no such file. Unsupported: a folder, or too large for a state.
  virtual Result<std::string> read(Generation) const = 0;
  /// The current file becomes the previous one, `text` the current one.
  virtual Result<void> replace(const std::string& text) = 0;
  /// Moves a damaged file, or a folder of its name, out of the way; returns its new path.
  virtual Result<std::string> setAside(Generation) = 0;
  /// Between processes: service and command line change the state in turn. Bounded wait (5 s).
  virtual Result<void> lock() = 0;
  virtual void unlock() = 0;
};

/// One counter operation at a time on the machine: a named mutex. Ends with its holder.
class RepairLock {
 public:
  virtual ~RepairLock() = default;
  virtual bool tryAcquire() = 0;  ///< false: another process repairs
  virtual void release() = 0;
};

/// Everything a survey reads.
struct SurveyPorts {
  const CounterRegistry& counters;
  const FileFacts& files;
  const ServerFacts& server;
};

}  // namespace imshealth
