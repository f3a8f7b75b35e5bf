#include "core/error.h"

#include <fmt/format.h>

namespace imshealth {

std::string_view toString(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::missing: return "missing";
    case ErrorKind::accessDenied: return "accessDenied";
    case ErrorKind::inUse: return "inUse";
    case ErrorKind::timedOut: return "timedOut";
    case ErrorKind::corrupt: return "corrupt";
    case ErrorKind::unsupported: return "unsupported";
    case ErrorKind::unavailable: return "unavailable";
    case ErrorKind::stopped: return "stopped";
    case ErrorKind::internal: return "internal";
  }
  return "internal";
}

std::string Error::describe() const {
  std::string result = where.empty() ? text : fmt::format("{}: {}", where, text);
  if (systemCode != 0) {
    result += systemCode <= 65535 ? fmt::format(" (error {})", systemCode)
                                  : fmt::format(" (error 0x{:08X})", systemCode);
  }
  return result;
}

void throw_exception_from_error(const Error& error, const boost::source_location&) {
  throw std::logic_error("value() of an error: " + error.describe());
}

}  // namespace imshealth
