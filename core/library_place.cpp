#include "core/library_place.h"

#include "core/known_libraries.h"
#include "core/windows_path.h"

namespace imshealth {
namespace {

std::string exchangeBin(const SystemFacts& system) {
  return system.exchangeRoot ? joinPath(normalizedPath(*system.exchangeRoot), "bin")
                             : std::string();
}

/// A bare name: Perflib leaves it to LoadLibrary, which knows nothing of Exchange's folder unless
/// it is on the path.
std::string folderOfBareName(const std::string& name, const SystemFacts& system,
                             const SurveyPorts& ports) {
  const std::string bin = exchangeBin(system);
  if (!bin.empty() && ports.files.examine(joinPath(bin, name)).exists) {
    return bin;
  }
  if (bin.empty() || ports.files.examine(joinPath(system.systemDirectory, name)).exists) {
    return system.systemDirectory;
  }
  return bin;
}

}  // namespace

bool mayHoldLibrary(const std::string& directory, const WatchPolicy& watch,
                    const SystemFacts& system) {
  if (watch.directory) {
    return samePath(directory, normalizedPath(*watch.directory));
  }
  return isPlainLocalPath(directory) &&
         (samePath(directory, normalizedPath(system.systemDirectory)) ||
          (system.exchangeRoot && liesWithin(directory, normalizedPath(*system.exchangeRoot))));
}

LibraryPlace findLibraryPlace(const WatchPolicy& watch, const PerformanceKey& key,
                              const SystemFacts& system, const SurveyPorts& ports) {
  LibraryPlace place;
  if (key.library && !key.library->empty()) {
    place.registered = normalizedPath(ports.server.expandVariables(*key.library));
    if (isBareName(place.registered)) {
      place.registered =
          joinPath(folderOfBareName(place.registered, system, ports), place.registered);
    }
  }

  if (watch.directory) {
    place.directory = normalizedPath(*watch.directory);
    place.trusted =
        place.registered.empty() || samePath(folderOf(place.registered), place.directory);
  } else {
    place.directory =
        place.registered.empty() ? exchangeBin(system) : std::string(folderOf(place.registered));
    place.trusted = (place.registered.empty() && place.directory.empty()) ||
                    mayHoldLibrary(place.directory, watch, system);
  }

  std::string name = watch.library ? *watch.library : std::string(fileNameOf(place.registered));
  if (name.empty() && place.trusted && !place.directory.empty()) {
    for (const std::string_view known : knownLibrariesOf(watch.counterService)) {
      if (name.empty() && ports.files.examine(joinPath(place.directory, known)).exists) {
        name = known;
      }
    }
  }
  if (!place.directory.empty() && !name.empty()) {
    place.path = joinPath(place.directory, name);
  }
  return place;
}

}  // namespace imshealth
