// A PE image read by our own bounds-checked reader: the file is never loaded or mapped for
// execution.
#pragma once

#include "core/error.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace imshealth {

/// IMAGE_FILE_HEADER.Machine, as far as a counter library may have it.
enum class Machine { i386, amd64, alpha, arm, arm64, win16, other };
std::string_view toString(Machine);

struct PeImage {
  Machine machine = Machine::other;
  bool isDll = false;  ///< to be read only (core/facts.h): NT loads a program as a library too
  std::vector<std::string> exports;  ///< names, as they stand in the table
  std::vector<std::string> imports;  ///< DLL names, delay loads too
  std::string fileVersion;           ///< VS_FIXEDFILEINFO, "5.5.1960.3"; empty: none

  bool hasExport(std::string_view name) const;
  bool operator==(const PeImage&) const = default;
};

/// Error kinds: corrupt (truncated, offsets outside the file, no PE), unsupported (a 16-bit image:
/// NE).
Result<PeImage> readPeImage(std::span<const std::uint8_t> file);

}  // namespace imshealth
