#include "service/commands/output.h"

#include <ostream>

namespace imshealth {

void writeJson(CommandIo& io, const Json& document) {
  io.out << document.dump(2, ' ', false, Json::error_handler_t::replace) << "\n";
}

int refuseUnreadablePolicy(CommandIo& io, const Error& error) {
  io.err << "imshealth: " << error.describe() << "\n";
  if (error.kind != ErrorKind::accessDenied) {
    return exit_code::usage;
  }
  io.err << "imshealth: this needs administrator rights\n";
  return exit_code::unreachable;
}

std::string coloured(const CommandIo& io, Colour colour, std::string_view text) {
  if (!io.colour || colour == Colour::plain) {
    return std::string(text);
  }
  return (colour == Colour::good ? "\x1b[32m" : "\x1b[31m") + std::string(text) + "\x1b[0m";
}

}  // namespace imshealth
