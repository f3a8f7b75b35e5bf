// What Perflib and LoadPerf log beside open failures.
#pragma once

#include <cstdint>
#include <string_view>

namespace imshealth {

enum class RelatedSource { perflib, loadPerf };

/// "Perflib", "LoadPerf": the old names, which people know.
std::string_view toString(RelatedSource);

/// What an event of this id says, in few words; empty: not known.
std::string_view meaningOf(RelatedSource, std::uint16_t id);

}  // namespace imshealth
