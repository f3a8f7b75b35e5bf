#include "core/diagnose_library.h"

#include "core/printable.h"
#include "core/windows_path.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace imshealth {
namespace {

void add(std::vector<Finding>& findings, Cause cause, std::string evidence,
         bool repairable = false) {
  findings.push_back({cause, std::move(evidence), repairable});
}

/// Exports that the Performance key names and the image does not have.
std::vector<std::string> missingExports(const PerformanceKey& key, const PeImage& image) {
  std::vector<std::string> missing;
  for (const auto* name : {&key.open, &key.collect, &key.close}) {
    if (*name && !(*name)->empty() && !image.hasExport(**name)) {
      missing.push_back(printable(**name));
    }
  }
  return missing;
}

bool isRightVersion(const WatchPolicy& watch, const std::string& version) {
  return watch.versions.empty() ||
         std::ranges::find(watch.versions, version) != watch.versions.end();
}

/// The trusted copy is there, an image of the right machine and of a version that the policy names,
/// and exports what the Performance key names: restoring it can mend the library.
bool trustedCopyIsGood(const Facts& facts, const WatchPolicy& watch) {
  const auto& copy = facts.library.trustedCopyImage;
  return copy && copy->machine == facts.system.programMachine &&
         isRightVersion(watch, copy->fileVersion) && missingExports(facts.key, *copy).empty();
}

void diagnoseImage(const Facts& facts, const WatchPolicy& watch, std::vector<Finding>& findings) {
  const LibraryFacts& library = facts.library;
  const std::string path = printable(library.path);
  const PeImage& image = *library.image;
  if (image.machine != facts.system.programMachine) {
    add(findings, Cause::libraryWrongMachine,
        fmt::format("{} is made for {}, this system takes {}", path, toString(image.machine),
                    toString(facts.system.programMachine)));
  }
  if (image.machine != Machine::win16) {
    if (const auto missing = missingExports(facts.key, image); !missing.empty()) {
      add(findings, Cause::libraryExportMissing,
          fmt::format("{} does not export {}", path, fmt::join(missing, ", ")));
    }
  }
  if (!library.missingImports.empty()) {
    std::vector<std::string> names;
    std::ranges::transform(library.missingImports, std::back_inserter(names), printable);
    add(findings, Cause::dependencyMissing,
        fmt::format("{} needs {}, not found", path, fmt::join(names, ", ")));
  }
  if (!isRightVersion(watch, library.version)) {
    add(findings, Cause::libraryWrongVersion,
        fmt::format("{} has version {}, right is {}", path,
                    library.version.empty() ? "none" : library.version,
                    fmt::join(watch.versions, " or ")),
        trustedCopyIsGood(facts, watch));
  }
}

/// Empty: regsvr32 can write the Performance key, since the library, or the trusted copy that will
/// replace it, exports DllRegisterServer.
std::string whyNotRegistrable(const Facts& facts, const WatchPolicy& watch) {
  const LibraryFacts& library = facts.library;
  if (library.path.empty()) {
    return "nothing says which file the library would be";
  }
  const bool replaced =
      trustedCopyIsGood(facts, watch) &&
      (library.sameAsTrustedCopy == false || !isRightVersion(watch, library.version));
  const auto& image = library.file.exists && !replaced ? library.image : library.trustedCopyImage;
  if (!image) {
    return printable(library.path) + " is not there, or was not read";
  }
  return image->hasExport("DllRegisterServer") ? ""
                                               : "the library does not export DllRegisterServer";
}

}  // namespace

void diagnoseLibrary(const Facts& facts, const WatchPolicy& watch, std::vector<Finding>& findings) {
  const LibraryFacts& library = facts.library;
  if (library.path.empty()) {
    return;  // nothing names it: libraryNotRegistered
  }
  const std::string path = printable(library.path);
  if (library.file.isDirectory) {
    add(findings, Cause::libraryUnreadable, fmt::format("{} is a folder", path));
    return;
  }
  if (!library.file.exists && library.file.error != 0) {
    add(findings, Cause::libraryUnreadable,
        fmt::format("{} cannot be examined (error {})", path, library.file.error));
    return;
  }
  if (!library.file.exists) {
    add(findings, Cause::libraryMissing, fmt::format("{} is not there", path),
        trustedCopyIsGood(facts, watch));
    return;
  }
  if (library.image) {
    diagnoseImage(facts, watch, findings);
  } else if (library.imageError != kNotReadUntrusted) {
    add(findings, Cause::libraryUnreadable,
        fmt::format("{}: {}", path, printable(library.imageError)));
  }
  if (library.sameAsTrustedCopy == false) {
    add(findings, Cause::libraryDiffersFromTrustedCopy,
        fmt::format("{} is not the same as {}", path,
                    library.trustedCopy ? printable(library.trustedCopy->path)
                                        : std::string("the trusted copy")),
        trustedCopyIsGood(facts, watch));
  }
}

void diagnoseRegistration(const Facts& facts, const WatchPolicy& watch,
                          std::vector<Finding>& findings) {
  const PerformanceKey& key = facts.key;
  if (!facts.keyError.empty()) {
    add(findings, Cause::unknown,
        fmt::format("the Performance key cannot be read: {}", printable(facts.keyError)));
    return;
  }
  const auto isThere = [](const std::optional<std::string>& value) {
    return value && !value->empty();
  };
  std::vector<std::string> missing;
  const std::initializer_list<std::pair<const char*, bool>> registration{
      {"Library", isThere(key.library)},
      {"Open", isThere(key.open)},
      {"Collect", isThere(key.collect)},
      {"Close", isThere(key.close)}};
  for (const auto& [name, there] : registration) {
    if (!there) {
      missing.emplace_back(name);
    }
  }
  std::string whyNot = whyNotRegistrable(facts, watch);
  const bool canRegisterItself = whyNot.empty();
  if (!canRegisterItself) {
    whyNot = "; regsvr32 cannot mend it: " + whyNot;
  }
  if (missing.size() == registration.size()) {
    add(findings, Cause::libraryNotRegistered,
        (key.exists ? "Library, Open, Collect and Close are missing"
                    : "there is no Performance key") +
            whyNot,
        canRegisterItself);
    missing.clear();
  }

  std::vector<std::string> evidence;
  bool mended = true;
  if (!missing.empty()) {
    evidence.push_back(fmt::format("{} missing", fmt::join(missing, ", ")));
    mended = canRegisterItself;
  }
  if (!facts.library.registeredPath.empty() && facts.directoryTrusted &&
      !samePath(facts.library.registeredPath, facts.library.path)) {
    evidence.push_back(fmt::format("Library names {} instead of {}",
                                   printable(facts.library.registeredPath),
                                   printable(facts.library.path)));
    mended = mended && canRegisterItself;
  }
  if (const int count = key.indexValues(); count > 0 && count < 4) {
    evidence.push_back(fmt::format(
        "{} of First Counter, Last Counter, First Help and Last Help missing", 4 - count));
  }
  for (const std::string& name : key.malformedValues) {
    evidence.push_back(fmt::format("{} is of the wrong type", printable(name)));
    // lodctr writes the index values and Object List anew.
    const bool loaded =
        name.starts_with("First ") || name.starts_with("Last ") || name == "Object List";
    const bool registered =
        name == "Library" || name == "Open" || name == "Collect" || name == "Close";
    mended = mended && (loaded || (registered && canRegisterItself));
  }
  if (!evidence.empty()) {
    add(findings, Cause::performanceKeyIncomplete,
        fmt::format("{}{}", fmt::join(evidence, "; "), mended ? "" : whyNot), mended);
  }
}

}  // namespace imshealth
