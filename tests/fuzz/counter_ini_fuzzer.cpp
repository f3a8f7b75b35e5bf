// Any bytes as counter file, symbol file and text list: no crash, no hang.
#include "core/counter_ini.h"
#include "core/index_space.h"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace imshealth;
  const auto ini = readCounterIni({data, size});
  const auto symbols = readSymbolFile({data, size});
  if (ini && symbols) {
    static_cast<void>(problemsOf(*ini, *symbols, "MSExchangeIMC"));
  }
  std::vector<std::string> damage;
  const auto list = parseTextList({data, data + size}, damage);
  if (list.size() > size / 4 + 1 || damage.size() > 16) {
    std::abort();
  }
  return 0;
}
