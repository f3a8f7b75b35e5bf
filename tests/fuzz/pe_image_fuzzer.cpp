// Any bytes as a counter library: no crash, no hang, and names that can be shown.
#include "core/pe_image.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto image = imshealth::readPeImage({data, size});
  if (image) {
    for (const auto* names : {&image->exports, &image->imports}) {
      for (const std::string& name : *names) {
        const bool printable =
            std::ranges::all_of(name, [](char c) { return c >= 0x20 && c < 0x7F; });
        if (!printable || name.size() > size) {
          std::abort();
        }
      }
    }
  }
  return 0;
}
