#include "core/printable.h"

#include "config/place.h"

namespace imshealth {

std::string printable(std::string_view foreign) {
  constexpr std::size_t kLongest = 260;  // MAX_PATH, the longest that is worth reading
  std::size_t length = foreign.size();
  if (length > kLongest) {
    length = kLongest;
    while (length > 0 && isContinuation(foreign[length])) {
      --length;
    }
  }
  std::string result;
  for (const char c : foreign.substr(0, length)) {
    const auto byte = static_cast<unsigned char>(c);
    result += byte < 0x20 || byte == 0x7F ? '?' : c;
  }
  return length < foreign.size() ? result + "..." : result;
}

}  // namespace imshealth
