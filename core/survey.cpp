#include "core/survey.h"

#include "core/library_place.h"
#include "core/windows_path.h"

#include <algorithm>
#include <utility>

namespace imshealth {
namespace {

// Far more than any of these files has (imsperf.dll: 13,584 bytes); the service's memory stays
// small.
constexpr std::uint64_t kLibraryLimit = 32ULL * 1024 * 1024;
constexpr std::uint64_t kTextLimit = 1024ULL * 1024;

using Bytes = std::vector<std::uint8_t>;

class Surveyor {
 public:
  Surveyor(const WatchPolicy& watch, const SurveyPorts& ports) : watch_(watch), ports_(ports) {}

  Facts run() {
    facts_.counterService = watch_.counterService;
    facts_.system = ports_.server.system();
    facts_.service = ports_.server.service(watch_.counterService);
    readRegistry();
    const LibraryPlace place = findLibraryPlace(watch_, facts_.key, facts_.system, ports_);
    facts_.directoryTrusted = place.trusted;
    readLibrary(place);
    readCounterFile(place);
    listTextFiles();
    return std::move(facts_);
  }

 private:
  /// The fact is recorded and judged; an untrusted file is not read.
  bool isTrusted(const std::string& purpose, const std::string& path) {
    facts_.trust.push_back(ports_.files.trustOf(purpose, path));
    return objectionsTo(facts_.trust.back(), facts_.system.serviceAccount).empty();
  }

  void readRegistry() {
    if (auto key = ports_.counters.performanceKey(watch_.counterService)) {
      facts_.key = std::move(*key);
    } else {
      facts_.keyError = key.error().describe();
    }
    if (auto space = ports_.counters.indexSpace()) {
      facts_.indexSpace = std::move(*space);
    } else {
      facts_.indexSpaceError = space.error().describe();
    }
  }

  void readLibrary(const LibraryPlace& place) {
    LibraryFacts& library = facts_.library;
    library.path = place.path;
    library.registeredPath = place.registered;
    const bool copyReadable = watch_.trustedCopy && isTrusted("trusted copy", *watch_.trustedCopy);
    const Bytes copy = copyReadable ? readTrustedCopy() : Bytes();
    if (place.path.empty()) {
      return;
    }
    const bool trusted = isTrusted("library", place.path) && place.trusted;
    if (!isPlainLocalPath(place.path)) {
      return;
    }
    library.file = ports_.files.examine(place.path);
    if (!library.file.exists || library.file.isDirectory) {
      return;
    }
    if (!trusted) {
      library.imageError = kNotReadUntrusted;
      return;
    }
    const auto bytes = ports_.files.read(place.path, kLibraryLimit);
    if (!bytes) {
      library.imageError = bytes.error().describe();
      return;
    }
    if (!copy.empty()) {
      library.sameAsTrustedCopy = *bytes == copy;
    }
    library.image = readImage(*bytes, library.imageError);
    if (library.image) {
      library.version = library.image->fileVersion;
      findMissingImports(place.directory);
    }
  }

  static std::optional<PeImage> readImage(const Bytes& bytes, std::string& error) {
    auto image = readPeImage(bytes);
    if (image) {
      return std::move(*image);
    }
    error = image.error().text;
    // A 16-bit library is readable, and of the wrong machine.
    return image.error().kind == ErrorKind::unsupported
               ? std::optional(PeImage{.machine = Machine::win16})
               : std::nullopt;
  }

  void findMissingImports(const std::string& directory) {
    LibraryFacts& library = facts_.library;
    if (library.image->machine != facts_.system.programMachine) {
      return;  // the libraries of another machine lie elsewhere
    }
    std::ranges::copy_if(
        library.image->imports, std::back_inserter(library.missingImports),
        [&](const std::string& name) { return !ports_.server.findsDll(name, directory); });
  }

  Bytes readTrustedCopy() {
    facts_.library.trustedCopy = ports_.files.examine(*watch_.trustedCopy);
    if (!facts_.library.trustedCopy->exists || facts_.library.trustedCopy->isDirectory) {
      return {};
    }
    auto bytes = ports_.files.read(*watch_.trustedCopy, kLibraryLimit);
    if (!bytes) {
      facts_.library.trustedCopy->error = bytes.error().systemCode;
      return {};
    }
    std::string ignored;
    facts_.library.trustedCopyImage = readImage(*bytes, ignored);
    return std::move(*bytes);
  }

  void readCounterFile(const LibraryPlace& place) {
    CounterFileFacts& counters = facts_.counterFile;
    counters.directory = place.directory;
    if (!isPlainLocalPath(place.directory)) {
      return;
    }
    const std::string path = joinPath(place.directory, watch_.counterFile);
    const bool trusted = isTrusted("counter file", path) && place.trusted;
    counters.file = ports_.files.examine(path);
    if (!counters.file.exists || counters.file.isDirectory) {
      return;
    }
    counters.ini = readText<CounterIni>(path, trusted, readCounterIni, counters.iniError);
    if (!counters.ini || !isBareName(counters.ini->symbolFile)) {
      return;
    }
    const std::string symbols = joinPath(place.directory, counters.ini->symbolFile);
    const bool symbolsTrusted = isTrusted("symbol file", symbols);
    counters.symbolFile = ports_.files.examine(symbols);
    if (counters.symbolFile.exists && !counters.symbolFile.isDirectory) {
      counters.symbols =
          readText<SymbolFile>(symbols, symbolsTrusted, readSymbolFile, counters.symbolError);
    }
  }

  template <class Content, class Reader>
  std::optional<Content> readText(const std::string& path, bool trusted, Reader reader,
                                  std::string& error) {
    if (!trusted) {
      error = kNotReadUntrusted;
      return std::nullopt;
    }
    const auto bytes = ports_.files.read(path, kTextLimit);
    if (!bytes) {
      error = bytes.error().describe();
      return std::nullopt;
    }
    auto content = reader(*bytes);
    if (!content) {
      error = content.error().text;
      return std::nullopt;
    }
    return std::move(*content);
  }

  // Those of English are always there; other languages only where Windows has them.
  void listTextFiles() {
    std::vector<std::string> languages{"009"};
    for (const LanguageTexts& texts : facts_.indexSpace.languages) {
      if (std::ranges::find(languages, texts.language) == languages.end()) {
        languages.push_back(texts.language);
      }
    }
    for (const std::string& language : languages) {
      for (const char* stem : {"perfc", "perfh"}) {
        const std::string name = stem + language + ".dat";
        if (isBareName(name)) {
          facts_.textFiles.push_back(
              ports_.files.examine(joinPath(facts_.system.systemDirectory, name)));
        }
      }
    }
  }

  const WatchPolicy& watch_;
  const SurveyPorts& ports_;
  Facts facts_;
};

}  // namespace

Facts survey(const WatchPolicy& watch, const SurveyPorts& ports) {
  return Surveyor(watch, ports).run();
}

}  // namespace imshealth
