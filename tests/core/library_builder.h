// Builds the bytes of a small DLL: machine, exports, imports. Enough of a PE image to be read, not
// run.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace imshealth::testing {

struct LibraryToBuild {
  std::uint16_t machine = 0x14C;  ///< IMAGE_FILE_MACHINE_I386
  std::vector<std::string> exports;
  std::string salt;  ///< makes files of the same shape differ
};

std::vector<std::uint8_t> buildLibrary(const LibraryToBuild&);

}  // namespace imshealth::testing
