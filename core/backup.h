// The backup folder of one incident: everything that a repair may change, as it was, byte for byte,
// with a manifest. Each thing is saved once, before it is changed for the first time.
#pragma once

#include "core/error.h"
#include "core/facts.h"
#include "core/ports.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace imshealth {

struct BackedUpFile {
  std::string path;
  bool existed = true;
  std::string savedAs;         ///< file name in the folder
  std::uint32_t checksum = 0;  ///< CRC-32 of the bytes

  bool operator==(const BackedUpFile&) const = default;
};

/// manifest.json of the folder; there with a checksum.
struct BackupManifest {
  std::string counterService;
  std::optional<KeyImage> performanceKey;
  std::optional<KeyImage> perflibTotals;
  std::vector<BackedUpFile> library;    ///< at most one
  std::vector<BackedUpFile> textFiles;  ///< perfc/perfh .dat
  std::vector<BackedUpFile> inputs;     ///< .ini and .h: kept for a person, never put back
  std::uint32_t othersDigest = 0;       ///< of all ranges that are not this service's

  bool operator==(const BackupManifest&) const = default;
};

/// CRC-32 over every other service's range. A lodctr or unlodctr of somebody else changes one.
/// Texts do not count: our own lodctr, ended halfway, may have left any of them damaged, and then
/// they are to be put back.
std::uint32_t digestOfOthers(const IndexSpace&, const std::string& service);

/// First/Last Counter, First/Last Help, Object List: what lodctr writes and unlodctr deletes.
bool isIndexValue(const RegistryValue&);

class Backup {
 public:
  struct Ports {
    const CounterRegistry& counters;
    CounterRegistryBackup& registry;
    const FileFacts& files;
    FileChanges& changes;
  };

  Backup(std::string folder, std::string counterService, Ports ports);

  /// Opens the folder of an earlier run. Error: no manifest, or a damaged one.
  static Result<Backup> open(const std::string& folder, Ports ports);

  Result<void> saveLibrary(const std::string& path);
  Result<void> savePerformanceKey();
  /// Performance key, Perflib totals, text files, and the lodctr inputs; the facts of the incident
  /// too (facts.json), so that it can be judged again. Error kind inUse: somebody loaded or
  /// unloaded counters meanwhile.
  Result<void> saveCounters(const Facts&);
  /// The facts as they were before the counters were touched. Error kind missing: they had not been
  /// saved, so the counters had not been touched.
  Result<Facts> savedFacts() const;

  /// Puts everything back that was saved; nothing at all where a saved file is damaged or gone
  /// (error kind corrupt). The text files and totals only if no other service's counters changed
  /// since; where they did, the index values stay as they are too, since those of before might
  /// point at other texts and those of now belong to the texts that stay: an error of kind
  /// unsupported says so. A library that cannot be put back does not hold up the counters. Can be
  /// repeated.
  Result<void> restore();

  const std::string& folder() const { return folder_; }
  const BackupManifest& manifest() const { return manifest_; }

 private:
  Result<BackedUpFile> save(const std::string& path, const std::string& savedAs);
  /// Its bytes, as they were saved.
  Result<std::vector<std::uint8_t>> saved(const BackedUpFile&) const;
  /// Error kind corrupt: not what was saved.
  Result<void> look(const std::vector<BackedUpFile>&) const;
  Result<bool> othersMoved();  ///< counters of another service were loaded since the backup
  Result<void> putBack(const BackedUpFile&);
  Result<void> restoreLibrary();
  Result<void> restoreCounters(bool othersMoved);
  Result<void> writeManifest();

  std::string folder_;
  Ports ports_;
  BackupManifest manifest_;
};

}  // namespace imshealth
