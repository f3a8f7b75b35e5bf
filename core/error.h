// The one error type of core and its ports: a kind that a policy can act upon, where it happened,
// the system's code as it was captured at the failing call, and a text for a person.
#pragma once

#include <boost/system/result.hpp>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>

namespace imshealth {

enum class ErrorKind {
  missing,
  accessDenied,
  inUse,
  timedOut,
  corrupt,
  unsupported,
  unavailable,  ///< the other side is not there now; trying again later may help
  stopped,      ///< given up because the program was told to stop
  internal,
};

std::string_view toString(ErrorKind);

class Error {
 public:
  /// For Boost.System's result, whose error() of a value is an empty one.
  Error() = default;
  Error(ErrorKind kindOfError, std::string place, std::uint32_t code, std::string message)
      : kind(kindOfError), where(std::move(place)), systemCode(code), text(std::move(message)) {}

  /// "where: text (system code)" for logs and alerts.
  std::string describe() const;

  ErrorKind kind = ErrorKind::internal;
  std::string where;             ///< the call or the file
  std::uint32_t systemCode = 0;  ///< Win32 code; 0: none
  std::string text;
};

/// A value, or the reason why there is none. `Result<void>` for actions.
template <class T>
using Result = boost::system::result<T, Error>;

/// Called by Boost.System when value() is asked of an error: a mistake of ours, not of the world.
[[noreturn]] void throw_exception_from_error(const Error&, const boost::source_location&);

}  // namespace imshealth
