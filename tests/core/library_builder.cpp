#include "tests/core/library_builder.h"

namespace imshealth::testing {

namespace {

constexpr std::uint32_t sectionRva = 0x1000;
constexpr std::uint32_t sectionOffset = 0x200;

class Bytes {
 public:
  void put16(std::size_t at, std::uint32_t value) { put(at, value, 2); }
  void put32(std::size_t at, std::uint32_t value) { put(at, value, 4); }
  void putText(std::size_t at, const std::string& text) {
    grow(at + text.size() + 1);
    std::copy(text.begin(), text.end(), bytes_.begin() + static_cast<std::ptrdiff_t>(at));
  }
  void grow(std::size_t size) {
    if (bytes_.size() < size) {
      bytes_.resize(size);
    }
  }
  std::vector<std::uint8_t> take() { return std::move(bytes_); }

 private:
  void put(std::size_t at, std::uint32_t value, int count) {
    grow(at + static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) {
      bytes_[at + static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(value >> (8 * i));
    }
  }
  std::vector<std::uint8_t> bytes_;
};

}  // namespace

std::vector<std::uint8_t> buildLibrary(const LibraryToBuild& library) {
  constexpr std::size_t pe = 0x40, coff = pe + 4, optional = coff + 20;
  Bytes image;
  image.putText(0, "MZ");
  image.put32(0x3C, pe);
  image.putText(pe, "PE");
  image.put16(coff, library.machine);
  image.put16(coff + 2, 1);        // sections
  image.put16(coff + 16, 224);     // size of the optional header
  image.put16(coff + 18, 0x2102);  // executable, 32 bit, DLL
  image.put16(optional, 0x10B);    // PE32
  image.put32(optional + 28, 0x10000000);
  image.put32(optional + 32, 0x1000);
  image.put32(optional + 36, 0x200);
  image.put32(optional + 92, 16);  // data directories

  const auto count = static_cast<std::uint32_t>(library.exports.size());
  const std::uint32_t functions = 40, names = functions + 4 * count, ordinals = names + 4 * count;
  std::uint32_t text = ordinals + 2 * count;
  const auto at = [](std::uint32_t offset) { return sectionOffset + offset; };
  image.put32(at(16), 1);  // ordinal base
  image.put32(at(20), count);
  image.put32(at(24), count);
  image.put32(at(28), sectionRva + functions);
  image.put32(at(32), sectionRva + names);
  image.put32(at(36), sectionRva + ordinals);
  image.put32(at(12), sectionRva + text);
  image.putText(at(text), "imsperf.dll");
  text += 12;
  for (std::uint32_t i = 0; i < count; ++i) {
    image.put32(at(functions + 4 * i), sectionRva + 0x800);
    image.put32(at(names + 4 * i), sectionRva + text);
    image.put16(at(ordinals + 2 * i), i);
    image.putText(at(text), library.exports[i]);
    text += static_cast<std::uint32_t>(library.exports[i].size()) + 1;
  }
  image.putText(at(text), library.salt);
  image.grow(at(0x1000));

  image.put32(optional + 96, sectionRva);  // export directory
  image.put32(optional + 100, text);
  const std::size_t section = optional + 224;
  image.putText(section, ".rdata");
  image.put32(section + 8, 0x1000);  // virtual size
  image.put32(section + 12, sectionRva);
  image.put32(section + 16, 0x1000);  // raw size
  image.put32(section + 20, sectionOffset);
  return image.take();
}

}  // namespace imshealth::testing
