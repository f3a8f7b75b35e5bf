#include "core/win32_codes.h"

#include <utility>

namespace imshealth::win32 {

Error eventLogError(std::string call, std::uint32_t code) {
  const auto error = [&](ErrorKind kind, const char* text) {
    return Error(kind, std::move(call), code, text);
  };
  switch (code) {
    case accessDenied: return error(ErrorKind::accessDenied, "access to the log is denied");
    case invalidHandle: return error(ErrorKind::unavailable, "the event log service has restarted");
    case rpcUnknownInterface:
    case endpointNotRegistered:
    case rpcServerUnavailable:
    case rpcCallCancelled:
      return error(ErrorKind::unavailable, "the event log service is not running");
    case eventLogFileCorrupt: return error(ErrorKind::corrupt, "the log file is corrupt");
    case evtInvalidQuery: return error(ErrorKind::internal, "the query is not accepted");
    case evtChannelNotFound: return error(ErrorKind::missing, "there is no such log");
    default: return error(ErrorKind::unavailable, "the log cannot be read");
  }
}

}  // namespace imshealth::win32
