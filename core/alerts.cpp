#include "core/alerts.h"

#include "config/place.h"
#include "core/hearing_proof.h"
#include "core/status_code.h"

#include <fmt/format.h>

namespace imshealth {

namespace {

constexpr std::size_t maxCharacters = 1024;

/// Overrides and isolates change the order in which a line is shown: U+200E, U+200F, U+202A to
/// U+202E, U+2066 to U+2069, U+061C; line and paragraph separators U+2028, U+2029 break it.
bool changesDisplay(std::string_view character) {
  if (character.size() == 2) {
    return character == "\xD8\x9C" ||
           (character[0] == '\xC2' && character[1] < '\xA0');  // C1 controls
  }
  if (character.size() != 3 || character[0] != '\xE2') {
    return false;
  }
  const auto last = static_cast<unsigned char>(character[2]);
  return (character[1] == '\x80' &&
          (last == 0x8E || last == 0x8F || (last >= 0xA8 && last <= 0xAE))) ||
         (character[1] == '\x81' && last >= 0xA6 && last <= 0xA9);
}

std::string onLog() {
  return "Application";
}

Alert make(std::uint16_t id, EventType type, std::vector<std::string> strings) {
  for (std::string& text : strings) {
    text = sanitise(text);
  }
  return {id, type, std::move(strings)};
}

std::string seconds(Milliseconds duration) {
  return fmt::format("{}", (duration.count() + 999) / 1000);
}

}  // namespace

std::string sanitise(std::string_view foreign) {
  std::string safe;
  std::size_t characters = 0;
  for (std::size_t at = 0; at < foreign.size() && characters < maxCharacters;) {
    std::size_t length = 1;
    while (at + length < foreign.size() && isContinuation(foreign[at + length])) {
      ++length;
    }
    const std::string_view character = foreign.substr(at, length);
    at += length;
    const auto first = static_cast<unsigned char>(character[0]);
    if (first < 0x20 || first == 0x7F) {
      // A line end or a tab parts words; the rest of the controls has no business in a sentence.
      if ((first == '\n' || first == '\t') && !safe.empty() && safe.back() != ' ') {
        safe += ' ';
        ++characters;
      }
      continue;
    }
    if (changesDisplay(character)) {
      continue;
    }
    safe += character;
    ++characters;
    if (first == '%' && !foreign.substr(at).starts_with(' ')) {
      safe += ' ';
    }
  }
  return safe;
}

namespace alerts {

Alert started(const std::string& version, Mode mode, const std::string& policyFile,
              const std::string& api) {
  return make(100, EventType::information, {version, std::string(toString(mode)), policyFile, api});
}

Alert stopped(const std::string& reason) {
  return make(101, EventType::information, {reason});
}

Alert couldNotStart(const std::string& reason) {
  return make(111, EventType::error, {reason});
}

Alert policyTakenOver(const std::string& policyFile, Mode mode) {
  return make(102, EventType::information, {policyFile, std::string(toString(mode))});
}

Alert policyRefused(const std::string& policyFile, int line, int column,
                    const std::string& reason) {
  return make(110, EventType::error, {policyFile, fmt::format("{}:{}", line, column), reason});
}

Alert incidentOpened(const std::string& counterService, Cause cause, const std::string& explanation,
                     Verdict verdict, std::optional<std::uint32_t> status) {
  return make(200, EventType::warning,
              {counterService, std::string(toString(cause)), explanation,
               std::string(toString(verdict)), formatStatus(status)});
}

Alert repairBegins(const std::string& counterService, const std::string& steps) {
  return make(201, EventType::information, {counterService, steps});
}

Alert repairVerified(const std::string& counterService, const std::string& stepsDone,
                     Milliseconds duration) {
  return make(202, EventType::information, {counterService, stepsDone, seconds(duration)});
}

Alert repairFailed(const std::string& counterService, const std::string& failedStep,
                   const std::string& reason, bool rolledBack) {
  return make(203, EventType::error,
              {counterService, failedStep, reason, rolledBack ? "yes" : "no"});
}

Alert repairNotAttempted(const std::string& counterService, Verdict verdict) {
  return make(204, EventType::warning, {counterService, std::string(toString(verdict))});
}

Alert circuitOpen(const std::string& counterService, std::size_t attempts,
                  const std::string& lastReason) {
  return make(205, EventType::error, {counterService, fmt::format("{}", attempts), lastReason});
}

Alert healthyAgain(const std::string& counterService) {
  return make(206, EventType::information, {counterService});
}

Alert eventsMissed(std::uint64_t fromRecord, std::uint64_t toRecord, const std::string& reason) {
  const bool known = fromRecord != 0 || toRecord != 0;
  return make(300, EventType::warning,
              {onLog(), known ? fmt::format("{}", fromRecord) : "unknown",
               known ? fmt::format("{}", toRecord) : "unknown", reason});
}

Alert stateSetAside(const std::string& file, const std::string& movedTo) {
  return make(310, EventType::error, {file, movedTo});
}

Alert logUnreadable(const std::string& reason, Milliseconds retryIn) {
  return make(320, EventType::error, {onLog(), reason, seconds(retryIn)});
}

Alert logReadableAgain(Milliseconds outage) {
  return make(321, EventType::information, {onLog(), seconds(outage)});
}

Alert hearingImpeded(const std::string& setting, const std::string& remedy) {
  return make(322, EventType::warning, {onLog(), setting, remedy});
}

Alert proofLost(Milliseconds waited) {
  return make(330, EventType::error, {onLog(), seconds(waited)});
}

Alert heardAgain(Milliseconds outage) {
  return make(331, EventType::information, {onLog(), seconds(outage)});
}

Alert proofOfHearing(const std::string& nonce) {
  return make(proofOfHearingId, EventType::information, {nonce});
}

}  // namespace alerts
}  // namespace imshealth
