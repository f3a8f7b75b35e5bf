#include "core/pe_image.h"

#include "config/ascii.h"
#include "core/byte_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>

namespace imshealth {
namespace {

// More than any library has; a damaged table must not keep us busy.
constexpr std::uint32_t kMostExports = 65536;
constexpr std::uint32_t kMostImports = 1024;
constexpr std::size_t kLongestName = 512;

enum Directory : std::uint32_t {
  exportTable = 0,
  importTable = 1,
  resourceTable = 2,
  delayImportTable = 13
};

Error corrupt(std::string text) {
  return {ErrorKind::corrupt, "image", 0, std::move(text)};
}

struct Section {
  std::uint32_t address = 0;  ///< relative virtual address
  std::uint32_t fileOffset = 0;
  std::uint32_t fileSize = 0;
};

struct DirectoryEntry {
  std::uint32_t address = 0;
  std::uint32_t size = 0;
};

/// Headers of a PE file, and its addresses turned into offsets of the file.
class Layout {
 public:
  static Result<Layout> read(ByteView file);

  std::optional<std::uint64_t> offsetOf(std::uint32_t address) const {
    if (address < headerSize_) {
      return address;
    }
    for (const Section& section : sections_) {
      if (address >= section.address && address - section.address < section.fileSize) {
        return std::uint64_t{section.fileOffset} + (address - section.address);
      }
    }
    return std::nullopt;
  }
  std::optional<std::string> textAt(std::uint32_t address) const {
    const auto offset = offsetOf(address);
    return offset ? file.asciiText(*offset, kLongestName) : std::nullopt;
  }
  DirectoryEntry directory(Directory index) const {
    return index < directories_.size() ? directories_[index] : DirectoryEntry{};
  }

  ByteView file{{}};
  std::uint16_t machine = 0;
  std::uint16_t characteristics = 0;
  std::uint64_t imageBase = 0;

 private:
  std::uint32_t headerSize_ = 0;
  std::vector<Section> sections_;
  std::vector<DirectoryEntry> directories_;
};

Result<Layout> Layout::read(ByteView file) {
  if (file.u16(0) != 0x5A4D) {
    return corrupt("not a program file: it does not begin with MZ");
  }
  const auto headerAt = file.u32(0x3C);
  if (!headerAt || !file.has(*headerAt, 2)) {
    return corrupt("truncated before the program header");
  }
  const std::uint64_t pe = *headerAt;
  const auto format = *file.u16(pe);
  if (format == 0x454E || format == 0x454C) {  // NE, LE
    return Error{ErrorKind::unsupported, "image", 0, "a 16-bit program file"};
  }
  if (file.u32(pe) != 0x00004550) {
    return corrupt("not a program file: no PE signature");
  }
  if (!file.has(pe, 24 + 2)) {
    return corrupt("truncated within the file header");
  }

  Layout layout;
  layout.file = file;
  layout.machine = *file.u16(pe + 4);
  const std::uint16_t sectionCount = *file.u16(pe + 6);
  const std::uint16_t optionalSize = *file.u16(pe + 20);
  layout.characteristics = *file.u16(pe + 22);

  const std::uint64_t optional = pe + 24;
  const std::uint16_t magic = *file.u16(optional);
  const bool wide = magic == 0x20B;
  if (!wide && magic != 0x10B) {
    return corrupt("unknown kind of optional header");
  }
  const std::uint32_t fixedSize = wide ? 112 : 96;
  if (optionalSize < fixedSize || !file.has(optional, optionalSize)) {
    return corrupt("truncated within the optional header");
  }
  layout.imageBase = wide ? *file.u64(optional + 24) : *file.u32(optional + 28);
  layout.headerSize_ = *file.u32(optional + 60);
  const std::uint32_t room = (optionalSize - fixedSize) / 8U;
  const std::uint32_t count = std::min({*file.u32(optional + fixedSize - 4), room, 16U});
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint64_t at = optional + fixedSize + std::uint64_t{i} * 8;
    layout.directories_.push_back({*file.u32(at), *file.u32(at + 4)});
  }

  std::uint64_t at = optional + optionalSize;
  for (std::uint16_t i = 0; i < sectionCount; ++i, at += 40) {
    if (!file.has(at, 40)) {
      return corrupt("truncated within the section table");
    }
    Section section{.address = *file.u32(at + 12),
                    .fileOffset = *file.u32(at + 20),
                    .fileSize = *file.u32(at + 16)};
    if (section.fileOffset == 0) {
      section.fileSize = 0;  // .bss of old linkers has a size: NT takes zero pages for it
    }
    if (section.fileSize != 0 && !file.has(section.fileOffset, section.fileSize)) {
      return corrupt("truncated: a section lies behind the end of the file");
    }
    layout.sections_.push_back(section);
  }
  return layout;
}

Machine machineOf(std::uint16_t code) {
  switch (code) {
    case 0x014C: return Machine::i386;
    case 0x8664: return Machine::amd64;
    case 0x0184: return Machine::alpha;
    case 0x01C0:
    case 0x01C2:
    case 0x01C4: return Machine::arm;
    case 0xAA64: return Machine::arm64;
    default: return Machine::other;
  }
}

Result<std::vector<std::string>> readExports(const Layout& layout) {
  std::vector<std::string> names;
  const DirectoryEntry entry = layout.directory(exportTable);
  if (entry.address == 0) {
    return names;
  }
  const auto table = layout.offsetOf(entry.address);
  if (!table || !layout.file.has(*table, 40)) {
    return corrupt("the export table lies outside of the file");
  }
  const std::uint32_t count = *layout.file.u32(*table + 24);
  if (count == 0) {
    return names;
  }
  const auto pointers = layout.offsetOf(*layout.file.u32(*table + 32));
  if (count > kMostExports || !pointers || !layout.file.has(*pointers, std::uint64_t{count} * 4)) {
    return corrupt("the list of exported names lies outside of the file");
  }
  for (std::uint32_t i = 0; i < count; ++i) {
    auto name = layout.textAt(*layout.file.u32(*pointers + std::uint64_t{i} * 4));
    if (!name) {
      return corrupt("an exported name lies outside of the file");
    }
    names.push_back(std::move(*name));
  }
  return names;
}

void addImport(std::vector<std::string>& names, std::string name) {
  const bool known = std::ranges::any_of(
      names, [&](const std::string& other) { return equalsIgnoringCase(other, name); });
  if (!known) {
    names.push_back(std::move(name));
  }
}

// Both tables are arrays of descriptors that end with one without a name. The old form of the delay
// table holds addresses instead of relative ones (attribute bit 0 clear).
Result<void> readImports(const Layout& layout, Directory which, std::vector<std::string>& names) {
  const DirectoryEntry entry = layout.directory(which);
  if (entry.address == 0) {
    return {};
  }
  const bool delayed = which == delayImportTable;
  const std::uint64_t descriptorSize = delayed ? 32 : 20;
  const std::uint64_t nameField = delayed ? 4 : 12;
  const auto table = layout.offsetOf(entry.address);
  for (std::uint32_t i = 0; i < kMostImports; ++i) {
    const std::uint64_t at = table.value_or(0) + i * descriptorSize;
    if (!table || !layout.file.has(at, descriptorSize)) {
      return corrupt("the import table lies outside of the file");
    }
    std::uint32_t address = *layout.file.u32(at + nameField);
    if (address == 0) {
      return {};
    }
    if (delayed && (*layout.file.u32(at) & 1) == 0) {
      address = static_cast<std::uint32_t>(address - layout.imageBase);
    }
    auto name = layout.textAt(address);
    if (!name) {
      return corrupt("the name of an imported library lies outside of the file");
    }
    addImport(names, std::move(*name));
  }
  return corrupt("the import table does not end");
}

/// The first entry of a resource folder, or the one with this id; offset of what it points to.
std::optional<std::uint32_t> resourceChild(ByteView tree, std::uint32_t folder,
                                           std::optional<std::uint32_t> id) {
  const auto named = tree.u16(std::uint64_t{folder} + 12);
  const auto numbered = tree.u16(std::uint64_t{folder} + 14);
  if (!named || !numbered) {
    return std::nullopt;
  }
  const std::uint32_t first = id ? *named : 0U;
  const std::uint32_t count = std::uint32_t{*named} + *numbered;
  for (std::uint32_t i = first; i < count; ++i) {
    const std::uint64_t at = std::uint64_t{folder} + 16 + std::uint64_t{i} * 8;
    const auto entryId = tree.u32(at);
    const auto target = tree.u32(at + 4);
    if (!entryId || !target) {
      return std::nullopt;
    }
    if (!id || *entryId == *id) {
      return *target;
    }
  }
  return std::nullopt;
}

// Three levels: type, name, language; then the entry with the address of the block.
// VS_FIXEDFILEINFO stands on a 4-byte boundary behind the block's name and begins with its
// signature.
std::string readFileVersion(const Layout& layout) {
  constexpr std::uint32_t kVersionType = 16;
  constexpr std::uint32_t kIsFolder = 0x80000000U;
  constexpr std::uint32_t kSignature = 0xFEEF04BDU;
  constexpr std::uint32_t kSearched = 64;

  const DirectoryEntry entry = layout.directory(resourceTable);
  const auto table = entry.address == 0 ? std::nullopt : layout.offsetOf(entry.address);
  if (!table || *table > layout.file.size()) {
    return {};
  }
  const ByteView tree(*layout.file.part(*table, layout.file.size() - *table));
  auto at = resourceChild(tree, 0, kVersionType);
  for (int level = 0; level < 2 && at && (*at & kIsFolder) != 0; ++level) {
    at = resourceChild(tree, *at & ~kIsFolder, std::nullopt);
  }
  if (!at || (*at & kIsFolder) != 0) {
    return {};
  }
  const auto address = tree.u32(*at);
  const auto size = tree.u32(std::uint64_t{*at} + 4);
  const auto block = address ? layout.offsetOf(*address) : std::nullopt;
  if (!size || !block) {
    return {};
  }
  for (std::uint32_t offset = 0; offset < std::min(*size, kSearched); offset += 4) {
    if (layout.file.u32(*block + offset) == kSignature && layout.file.has(*block + offset, 16)) {
      const std::uint32_t high = *layout.file.u32(*block + offset + 8);
      const std::uint32_t low = *layout.file.u32(*block + offset + 12);
      return fmt::format("{}.{}.{}.{}", high >> 16, high & 0xFFFF, low >> 16, low & 0xFFFF);
    }
  }
  return {};
}

}  // namespace

std::string_view toString(Machine machine) {
  switch (machine) {
    case Machine::i386: return "i386";
    case Machine::amd64: return "amd64";
    case Machine::alpha: return "alpha";
    case Machine::arm: return "arm";
    case Machine::arm64: return "arm64";
    case Machine::win16: return "win16";
    case Machine::other: return "other";
  }
  return "other";
}

bool PeImage::hasExport(std::string_view name) const {
  return std::ranges::find(exports, name) != exports.end();
}

Result<PeImage> readPeImage(std::span<const std::uint8_t> file) {
  const auto layout = Layout::read(ByteView(file));
  if (!layout) {
    return layout.error();
  }
  auto exports = readExports(*layout);
  if (!exports) {
    return exports.error();
  }
  PeImage image;
  image.machine = machineOf(layout->machine);
  image.isDll = (layout->characteristics & 0x2000) != 0;
  image.exports = std::move(*exports);
  for (const Directory table : {importTable, delayImportTable}) {
    if (const auto read = readImports(*layout, table, image.imports); !read) {
      return read.error();
    }
  }
  image.fileVersion = readFileVersion(*layout);
  return image;
}

}  // namespace imshealth
