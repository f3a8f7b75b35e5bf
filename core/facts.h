// What was read from the server for one incident: plain data, read once, to and from JSON
// (core/facts_json.h). Nothing in here judges; core/diagnose.h does. All text is UTF-8, paths as
// Windows writes them. "To be read only": for whoever reads the facts.json of a backup; nothing is
// decided by it.
#pragma once

#include "core/counter_ini.h"
#include "core/index_space.h"
#include "core/pe_image.h"
#include "core/trust.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace imshealth {

/// The machine, as far as a repair depends on it.
struct SystemFacts {
  int osMajor = 0;  ///< NT 4.0: 4, 2000: 5
  int osMinor = 0;
  int osBuild = 0;               ///< to be read only
  bool windows64 = false;        ///< 64-bit Windows; to be read only
  std::string systemDirectory;   ///< where regsvr32, lodctr and unlodctr are started from
  std::string windowsDirectory;  ///< to be read only
  bool clusterNode = false;      ///< ClusSvc and HKLM\Cluster are there
  bool terminalServerExecuteMode = false;
  std::optional<std::uint32_t> perflibEventLogLevel;  ///< 0: Perflib logs nothing (KB226494)
  bool hasLoadPerfSource = false;  ///< the event source LoadPerf is registered (not on NT 4.0)
  /// Values of HKLM\SOFTWARE\Microsoft\Exchange\Setup: the install root. Absent: no such key.
  std::optional<std::string> exchangeRoot;
  std::string serviceAccount;  ///< SID of the account that this program runs as
  Machine programMachine =
      Machine::i386;  ///< what this program is built for: what its probe can load

  bool operator==(const SystemFacts&) const = default;
};

/// The Windows service that the counters belong to.
struct ServiceFacts {
  bool keyExists = false;  ///< HKLM\SYSTEM\CurrentControlSet\Services\<name>; to be read only
  bool installed = false;  ///< the SCM knows it (it has an ImagePath); Q163727
  bool running = false;

  bool operator==(const ServiceFacts&) const = default;
};

/// HKLM\SYSTEM\CurrentControlSet\Services\<service>\Performance
struct PerformanceKey {
  bool exists = false;
  std::optional<std::string> library;               ///< as it stands there, variables not expanded
  std::optional<std::string> open, collect, close;  ///< names of exports
  std::optional<std::uint32_t> firstCounter, lastCounter, firstHelp, lastHelp;
  std::optional<std::string> objectList;
  std::optional<std::uint32_t> disablePerformanceCounters;
  std::vector<std::string> malformedValues;  ///< names of values that are there with a wrong type

  int indexValues() const {
    return (firstCounter ? 1 : 0) + (lastCounter ? 1 : 0) + (firstHelp ? 1 : 0) +
           (lastHelp ? 1 : 0);
  }
  bool operator==(const PerformanceKey&) const = default;
};

/// A file, read without running or loading it.
struct FileFact {
  std::string path;  ///< absolute
  bool exists = false;
  bool isDirectory = false;
  std::uint64_t size = 0;
  bool readOnly = false;
  bool lockedForWriting = false;  ///< opening it for writing gives a sharing violation
  std::uint32_t error = 0;  ///< Win32 code where it could not be examined though it may be there

  bool operator==(const FileFact&) const = default;
};

/// In place of a content that was left unread because objections to its path were found.
inline constexpr std::string_view kNotReadUntrusted = "not read, because it is not trusted";

/// The counter library: where the registry (or the policy) says it is, and what is there.
struct LibraryFacts {
  std::string path;  ///< where it belongs: absolute, variables expanded; empty: cannot be told
  std::string registeredPath;  ///< what the Performance key names, expanded; empty: nothing
  FileFact file;
  std::optional<PeImage> image;             ///< absent: not there or not readable as an image
  std::string imageError;                   ///< why it is not readable
  std::string version;                      ///< file version "5.5.1960.3"; empty: none
  std::vector<std::string> missingImports;  ///< imported DLLs that are not where Windows would look
  std::optional<FileFact> trustedCopy;      ///< only where the policy names one
  std::optional<PeImage> trustedCopyImage;
  std::optional<bool> sameAsTrustedCopy;  ///< byte for byte

  bool operator==(const LibraryFacts&) const = default;
};

/// The .ini that lodctr reads, and its symbol file.
struct CounterFileFacts {
  std::string directory;  ///< where lodctr will be run; absolute
  FileFact file;
  std::optional<CounterIni> ini;
  std::string iniError;
  FileFact symbolFile;
  std::optional<SymbolFile> symbols;
  std::string symbolError;

  bool operator==(const CounterFileFacts&) const = default;
};

enum class ProbeOutcome { ok, failed, timedOut, crashed, notRun };
std::string_view toString(ProbeOutcome);

/// What the open probe saw: a child process that loads the library and calls Open, Collect, Close.
struct ProbeResult {
  ProbeOutcome outcome = ProbeOutcome::notRun;
  std::optional<std::uint32_t> status;  ///< of the call that failed, or the exception code
  std::string stage;                    ///< "load", "open", "collect", "close"; empty: none
  std::string note;                     ///< for a person

  bool operator==(const ProbeResult&) const = default;
};

struct Facts {
  std::string counterService;
  std::optional<std::uint32_t> eventStatus;  ///< of the event that opened the incident
  std::uint16_t eventId = 1008;
  SystemFacts system;
  ServiceFacts service;
  PerformanceKey key;
  std::string keyError;  ///< why the Performance key cannot be read; empty: it was
  LibraryFacts library;
  CounterFileFacts counterFile;
  IndexSpace indexSpace;            ///< Perflib totals, every service's range, the texts
  std::string indexSpaceError;      ///< why they cannot be read; empty: they were
  std::vector<FileFact> textFiles;  ///< perfc<lang>.dat and perfh<lang>.dat of each language
  std::vector<PathTrust> trust;     ///< every file and folder on the way
  bool directoryTrusted = true;  ///< "auto" lies under the Exchange root or is the system directory
  int servicesFailingTogether = 1;  ///< watched services (core/incidents.h)
  ProbeResult probe;

  bool operator==(const Facts&) const = default;
};

}  // namespace imshealth
