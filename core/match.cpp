#include "core/match.h"

#include "config/ascii.h"
#include "core/known_libraries.h"
#include "core/little_endian.h"
#include "core/windows_path.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace imshealth {
namespace {

/// The library itself cannot be loaded: names DLL and code, no service.
constexpr std::uint16_t libraryNotLoaded = 1023;
/// Related ids whose order of strings differs between versions of Windows.
constexpr std::array<std::uint16_t, 6> relatedIds{1005, 1006, 1007, 1009, 1011, 1017};

bool isLibraryOf(const WatchPolicy& watch, std::string_view path) {
  const std::string_view name = fileNameOf(path);
  if (watch.library)
    return equalsIgnoringCase(name, *watch.library);
  const auto known = knownLibrariesOf(watch.counterService);
  return std::any_of(known.begin(), known.end(),
                     [&](std::string_view library) { return equalsIgnoringCase(name, library); });
}

bool names(const LogEvent& event, const WatchPolicy& watch) {
  const auto isService = [&](const std::string& text) {
    return equalsIgnoringCase(text, watch.counterService);
  };
  const std::uint16_t code = event.code();
  if (code == openFailedEvent)
    return !event.strings.empty() && isService(event.strings.front());
  if (std::find(watch.alsoOn.begin(), watch.alsoOn.end(), code) == watch.alsoOn.end())
    return false;
  if (code == libraryNotLoaded)
    return !event.strings.empty() && isLibraryOf(watch, event.strings.front());
  return std::find(relatedIds.begin(), relatedIds.end(), code) != relatedIds.end() &&
         std::any_of(event.strings.begin(), event.strings.end(), isService);
}

/// A number as the manifest form prints it: unsigned and decimal.
std::optional<std::uint32_t> decimal(std::string_view text) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size())
    return std::nullopt;
  return value;
}

}  // namespace

bool isFromPerflib(const LogEvent& event) {
  return equalsIgnoringCase(event.source, "Perflib") ||
         equalsIgnoringCase(event.source, "Microsoft-Windows-Perflib");
}

bool isFromLoadPerf(const LogEvent& event) {
  return equalsIgnoringCase(event.source, "LoadPerf") ||
         equalsIgnoringCase(event.source, "Microsoft-Windows-LoadPerf");
}

std::optional<std::uint32_t> statusOf(const LogEvent& event) {
  if (event.data.size() >= 4)
    return loadU32(event.data.data());
  // The manifest form through the classic API: no data, the status is the third string; 1023 has
  // never had data, its code is the second string.
  const std::size_t at = event.code() == libraryNotLoaded ? 1 : 2;
  if (event.data.empty() && event.strings.size() == at + 1)
    return decimal(event.strings[at]);
  return std::nullopt;
}

std::optional<OpenFailure> matchOpenFailure(const LogEvent& event, const Policy& policy) {
  if (!isFromPerflib(event))
    return std::nullopt;
  for (const WatchPolicy& watch : policy.watch) {
    if (names(event, watch)) {
      return OpenFailure{watch.counterService, event.code(),    event.recordNumber,
                         event.timeGenerated,  statusOf(event), event.epoch};
    }
  }
  return std::nullopt;
}

}  // namespace imshealth
