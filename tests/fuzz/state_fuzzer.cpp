// Any bytes as a state file: no crash, no hang, and what is read is what would be written.
#include "core/state.h"

#include <boost/crc.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cstdint>
#include <cstdlib>

namespace {

using namespace imshealth;

void require(bool holds) {
  if (!holds) {
    std::abort();
  }
}

void check(std::string_view text) {
  const auto state = readState(text);
  if (!state) {
    const ErrorKind kind = state.error().kind;  // unsupported: of another format version
    require(kind == ErrorKind::corrupt || kind == ErrorKind::unsupported);
    require(!state.error().describe().empty());
    return;
  }
  const std::string written = writeState(*state);
  const auto again = readState(written);
  require(again && *again == *state && writeState(*again) == written);
}

/// The bytes as the state within an envelope whose checksum is right, so that the checks behind it
/// are reached.
std::string enveloped(const nlohmann::json& state) {
  const std::string text = state.dump();
  boost::crc_32_type crc;
  crc.process_bytes(text.data(), text.size());
  return fmt::format(R"({{"format":"imshealth-state","version":1,"checksum":"{:08x}","state":{}}})",
                     crc.checksum(), text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  check(bytes);
  const auto state = nlohmann::json::parse(bytes, nullptr, false);
  if (!state.is_discarded()) {
    check(enveloped(state));
  }
  return 0;
}
