#include "core/found_backup.h"

#include "config/ascii.h"
#include "core/known_libraries.h"
#include "core/library_place.h"
#include "core/windows_path.h"

#include <algorithm>

namespace imshealth {
namespace {

bool isLibraryOf(const WatchPolicy& watch, std::string_view name, std::string_view registered) {
  if (watch.library) {
    return equalsIgnoringCase(name, *watch.library);
  }
  const auto known = knownLibrariesOf(watch.counterService);
  return equalsIgnoringCase(name, registered) ||
         std::ranges::any_of(
             known, [&](std::string_view library) { return equalsIgnoringCase(name, library); });
}

/// perfc009.dat: names, perfh009.dat: explanations; in between the language.
bool isTextFile(std::string_view name) {
  constexpr std::string_view names = "perfc", helps = "perfh", type = ".dat";
  if (name.size() <= names.size() + type.size()) {
    return false;
  }
  const std::string_view stem = name.substr(0, names.size());
  const std::string_view language =
      name.substr(names.size(), name.size() - names.size() - type.size());
  return (equalsIgnoringCase(stem, names) || equalsIgnoringCase(stem, helps)) &&
         equalsIgnoringCase(name.substr(name.size() - type.size()), type) &&
         std::ranges::all_of(language, [](char c) {
           return (c >= '0' && c <= '9') || (asciiLower(c) >= 'a' && asciiLower(c) <= 'z');
         });
}

Error notBelieved(const std::string& folder, const std::string& why) {
  return Error(ErrorKind::corrupt, folder, 0, "this backup is not believed: " + why);
}

}  // namespace

std::optional<std::string> objectionTo(const BackupManifest& manifest, const WatchPolicy& watch,
                                       const std::string& registered, const SystemFacts& system) {
  if (!equalsIgnoringCase(manifest.counterService, watch.counterService)) {
    return "it is of the counter service " + manifest.counterService;
  }
  if (manifest.library.size() > 1) {
    return "it has more than one library";
  }
  for (const BackedUpFile& file : manifest.library) {
    if (!isPlainLocalPath(file.path) ||
        !mayHoldLibrary(std::string(folderOf(file.path)), watch, system) ||
        !isLibraryOf(watch, fileNameOf(file.path), registered)) {
      return file.path + " is not the library of this counter service";
    }
  }
  const std::string systemDirectory = normalizedPath(system.systemDirectory);
  for (const BackedUpFile& file : manifest.textFiles) {
    if (!samePath(folderOf(file.path), systemDirectory) || !isTextFile(fileNameOf(file.path))) {
      return file.path + " is no text file of Perflib's";
    }
  }
  for (const auto* files : {&manifest.library, &manifest.textFiles}) {
    for (const BackedUpFile& file : *files) {
      if (!isBareName(file.savedAs)) {
        return "what was saved lies elsewhere: " + file.savedAs;
      }
    }
  }
  return std::nullopt;
}

Result<Backup> openFoundBackup(const RepairJournal& journal, const WatchPolicy& watch,
                               const std::string& backupRoot, const SurveyPorts& ports,
                               Backup::Ports backupPorts) {
  const std::string& folder = journal.backupFolder;
  if (!isPlainLocalPath(folder) || !samePath(folderOf(folder), backupRoot)) {
    return notBelieved(folder, "it does not lie in " + backupRoot);
  }
  auto backup = Backup::open(folder, backupPorts);
  if (!backup) {
    return backup;
  }
  const auto key = ports.counters.performanceKey(watch.counterService);
  if (!key) {
    return key.error();
  }
  const std::string registered(fileNameOf(key->library.value_or("")));
  if (const auto objection =
          objectionTo(backup->manifest(), watch, registered, ports.server.system())) {
    return notBelieved(folder, *objection);
  }
  return backup;
}

}  // namespace imshealth
