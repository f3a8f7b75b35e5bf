// Does this event say that a watched counter library did not open?
#pragma once

#include "config/policy.h"
#include "core/event.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace imshealth {

/// The Open procedure of a counter service failed.
inline constexpr std::uint16_t openFailedEvent = 1008;

/// An open failure of a watched counter service. The event is a hint, never an instruction: only
/// `counterService` (the policy's own spelling) and the numbers are used for anything but display.
struct OpenFailure {
  std::string counterService;
  std::uint16_t eventId = openFailedEvent;
  std::uint64_t recordNumber = 0;
  std::int64_t timeGenerated = 0;
  std::optional<std::uint32_t> status;  ///< what Open returned; absent where the event had none
  std::uint32_t epoch = 0;              ///< of the log that it was read from

  bool operator==(const OpenFailure&) const = default;
};

/// Source Perflib or Microsoft-Windows-Perflib, low 16 bits of the id 1008 (or one of the watch's
/// `alsoOn`), service string = a watched counter service without regard to ASCII case. Level,
/// qualifiers and message text are never looked at: they change with the Windows version.
std::optional<OpenFailure> matchOpenFailure(const LogEvent&, const Policy&);

/// The event is from Perflib: "Perflib", or "Microsoft-Windows-Perflib" since Vista.
bool isFromPerflib(const LogEvent&);
/// The event is from LoadPerf: "LoadPerf", or "Microsoft-Windows-LoadPerf" since Vista.
bool isFromLoadPerf(const LogEvent&);

/// The first four bytes of the event's data, little-endian (x64 logs eight bytes,
/// of which only these are the status). In the manifest form read through the classic API: the
/// third string, a decimal number; of 1023: the second.
std::optional<std::uint32_t> statusOf(const LogEvent&);

}  // namespace imshealth
