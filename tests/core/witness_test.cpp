// What of the event log speaks for or against a repair.
#include "core/witness.h"

#include <catch2/catch.hpp>

using namespace imshealth;

namespace {

constexpr std::int64_t begun = 946684800;

LogEvent loadFailed(std::int64_t generated, std::int64_t written) {
  LogEvent event;
  event.source = "LoadPerf";
  event.eventId = 3009;
  event.timeGenerated = generated;
  event.timeWritten = written;
  event.strings = {"MSExchangeIMC"};
  return event;
}

}  // namespace

TEST_CASE("What was written to the log before the repair says nothing about it") {
  Witness witness;
  witness.attend("MSExchangeIMC", begun);
  witness.note(loadFailed(begun - 1, begun - 1));
  CHECK_FALSE(witness.complaint());
  SECTION("whatever time its sender gave it") {
    witness.note(loadFailed(begun + 1, begun - 1));
    CHECK_FALSE(witness.complaint());
  }
  SECTION("and what is written since does, from the same second on") {
    witness.note(loadFailed(begun - 1, begun));
    CHECK(witness.complaint());
  }
}
