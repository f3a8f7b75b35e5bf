// Codes of Windows that reading an event log meets, by number (winerror.h; Windows Event Log Error
// Constants): core has no Windows header.
#pragma once

#include "core/error.h"

#include <cstdint>
#include <string>

namespace imshealth::win32 {

inline constexpr std::uint32_t fileNotFound = 2;
inline constexpr std::uint32_t pathNotFound = 3;
inline constexpr std::uint32_t accessDenied = 5;
inline constexpr std::uint32_t invalidHandle = 6;
inline constexpr std::uint32_t notEnoughMemory = 8;
inline constexpr std::uint32_t invalidData = 13;
inline constexpr std::uint32_t outOfMemory = 14;
inline constexpr std::uint32_t sharingViolation = 32;
inline constexpr std::uint32_t handleEof = 38;
inline constexpr std::uint32_t invalidParameter = 87;
inline constexpr std::uint32_t noMoreItems = 259;
inline constexpr std::uint32_t notFound = 1168;
inline constexpr std::uint32_t noSystemResources = 1450;
inline constexpr std::uint32_t commitmentLimit = 1455;
inline constexpr std::uint32_t eventLogFileCorrupt = 1500;
inline constexpr std::uint32_t eventLogFileChanged = 1503;
inline constexpr std::uint32_t rpcUnknownInterface = 1717;
inline constexpr std::uint32_t rpcServerUnavailable = 1722;
inline constexpr std::uint32_t rpcInvalidBound = 1734;
inline constexpr std::uint32_t endpointNotRegistered = 1753;
inline constexpr std::uint32_t rpcCallCancelled = 1818;
inline constexpr std::uint32_t invalidOperation = 4317;
inline constexpr std::uint32_t evtInvalidQuery = 15001;
inline constexpr std::uint32_t evtChannelNotFound = 15007;
inline constexpr std::uint32_t evtQueryResultStale = 15011;
inline constexpr std::uint32_t evtQueryResultInvalidPosition = 15012;

/// An error of one of the event-log calls, with a kind and a text by its code.
Error eventLogError(std::string call, std::uint32_t code);

}  // namespace imshealth::win32
