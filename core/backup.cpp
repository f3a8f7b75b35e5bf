#include "core/backup.h"

#include "config/ascii.h"
#include "core/facts_json.h"
#include "core/windows_path.h"

#include <boost/crc.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace imshealth {

using nlohmann::json;

namespace {

/// The largest of the files are the text files: some hundred KB on an old server, a few MB on a new
/// one.
constexpr std::uint64_t maxFile = 64ull * 1024 * 1024;
constexpr char factsFile[] = "facts.json";

std::uint32_t crcOf(const auto& bytes) {
  boost::crc_32_type crc;
  crc.process_bytes(bytes.data(), bytes.size());
  return crc.checksum();
}

std::string toHex(const std::vector<std::uint8_t>& bytes) {
  std::string text;
  for (const std::uint8_t byte : bytes) {
    text += fmt::format("{:02x}", byte);
  }
  return text;
}

std::vector<std::uint8_t> fromHex(const std::string& text) {
  std::vector<std::uint8_t> bytes;
  for (std::size_t at = 0; at + 1 < text.size(); at += 2) {
    bytes.push_back(static_cast<std::uint8_t>(std::stoul(text.substr(at, 2), nullptr, 16)));
  }
  return bytes;
}

json toJson(const std::optional<KeyImage>& image) {
  if (!image) {
    return nullptr;
  }
  json values = json::array();
  for (const RegistryValue& value : image->values) {
    values.push_back({{"name", value.name}, {"type", value.type}, {"bytes", toHex(value.bytes)}});
  }
  return {{"exists", image->exists}, {"values", values}};
}

std::optional<KeyImage> keyImageFrom(const json& j) {
  if (j.is_null()) {
    return std::nullopt;
  }
  KeyImage image{.exists = j.at("exists"), .values = {}};
  for (const json& value : j.at("values")) {
    image.values.push_back({value.at("name"), value.at("type"), fromHex(value.at("bytes"))});
  }
  return image;
}

json toJson(const std::vector<BackedUpFile>& files) {
  json list = json::array();
  for (const BackedUpFile& file : files) {
    list.push_back({{"path", file.path},
                    {"existed", file.existed},
                    {"savedAs", file.savedAs},
                    {"checksum", file.checksum}});
  }
  return list;
}

std::vector<BackedUpFile> filesFrom(const json& j) {
  std::vector<BackedUpFile> files;
  for (const json& file : j) {
    files.push_back({file.at("path"), file.at("existed"), file.at("savedAs"), file.at("checksum")});
  }
  return files;
}

json toJson(const BackupManifest& manifest) {
  return {{"counterService", manifest.counterService},
          {"performanceKey", toJson(manifest.performanceKey)},
          {"perflibTotals", toJson(manifest.perflibTotals)},
          {"library", toJson(manifest.library)},
          {"textFiles", toJson(manifest.textFiles)},
          {"inputs", toJson(manifest.inputs)},
          {"othersDigest", manifest.othersDigest}};
}

/// Of what was understood, not of the file: a manifest that is nested a million deep is nobody's,
/// and writing it out again would take the whole stack. What a later version adds has to stay out
/// while it is empty.
std::uint32_t checksumOf(const BackupManifest& manifest) {
  return crcOf(toJson(manifest).dump(-1, ' ', false, json::error_handler_t::replace));
}

/// The index values of `now` instead of its own. Sorted by name, as an image is.
void keepIndexValues(KeyImage& image, const KeyImage& now) {
  std::erase_if(image.values, isIndexValue);
  std::ranges::copy_if(now.values, std::back_inserter(image.values), isIndexValue);
  std::ranges::sort(image.values, {}, &RegistryValue::name);
  image.exists = image.exists || !image.values.empty();
}

}  // namespace

bool isIndexValue(const RegistryValue& value) {
  static constexpr std::array names = {"First Counter", "Last Counter", "First Help", "Last Help",
                                       "Object List"};
  return std::any_of(names.begin(), names.end(),
                     [&](const char* name) { return equalsIgnoringCase(value.name, name); });
}

std::uint32_t digestOfOthers(const IndexSpace& space, const std::string& service) {
  boost::crc_32_type crc;
  for (const ServiceRange& range : space.services) {
    if (!equalsIgnoringCase(range.service, service)) {
      const std::string text = fmt::format(
          "{} {} {} {} {}", range.service, range.firstCounter.value_or(0),
          range.lastCounter.value_or(0), range.firstHelp.value_or(0), range.lastHelp.value_or(0));
      crc.process_bytes(text.data(), text.size() + 1);
    }
  }
  return crc.checksum();
}

Backup::Backup(std::string folder, std::string counterService, Ports ports)
    : folder_(std::move(folder)), ports_(ports) {
  manifest_.counterService = std::move(counterService);
}

Result<Backup> Backup::open(const std::string& folder, Ports ports) {
  const auto bytes = ports.files.read(folder + "\\manifest.json", maxFile);
  if (!bytes) {
    return bytes.error();
  }
  const json j = json::parse(bytes->begin(), bytes->end(), nullptr, false);
  Backup backup(folder, {}, ports);
  try {
    j.at("counterService").get_to(backup.manifest_.counterService);
    backup.manifest_.performanceKey = keyImageFrom(j.at("performanceKey"));
    backup.manifest_.perflibTotals = keyImageFrom(j.at("perflibTotals"));
    backup.manifest_.library = filesFrom(j.at("library"));
    backup.manifest_.textFiles = filesFrom(j.at("textFiles"));
    backup.manifest_.inputs = filesFrom(j.at("inputs"));
    backup.manifest_.othersDigest = j.at("othersDigest");
    if (j.at("checksum") != checksumOf(backup.manifest_)) {
      throw std::invalid_argument("wrong checksum");
    }
  } catch (const std::exception& mismatch) {
    return Error(ErrorKind::corrupt, folder + "\\manifest.json", 0,
                 fmt::format("damaged: {}", mismatch.what()));
  }
  return backup;
}

Result<void> Backup::writeManifest() {
  json j = toJson(manifest_);
  j["checksum"] = checksumOf(manifest_);
  const std::string text = j.dump(1, ' ', false, json::error_handler_t::replace) + "\n";
  return ports_.changes.replace(folder_ + "\\manifest.json", {text.begin(), text.end()});
}

Result<BackedUpFile> Backup::save(const std::string& path, const std::string& savedAs) {
  BackedUpFile file{.path = path, .existed = true, .savedAs = savedAs, .checksum = 0};
  const auto bytes = ports_.files.read(path, maxFile);
  if (!bytes && bytes.error().kind == ErrorKind::missing) {
    file.existed = false;
    return file;
  }
  if (!bytes) {
    return bytes.error();
  }
  file.checksum = crcOf(*bytes);
  if (const auto made = ports_.changes.makeFolder(folder_); !made) {
    return made.error();
  }
  if (const auto written = ports_.changes.replace(folder_ + "\\" + savedAs, *bytes); !written) {
    return written.error();
  }
  return file;
}

Result<void> Backup::saveLibrary(const std::string& path) {
  if (!manifest_.library.empty()) {
    return {};
  }
  if (const auto made = ports_.changes.makeFolder(folder_); !made) {
    return made;
  }
  const auto file = save(path, std::string(fileNameOf(path)));
  if (!file) {
    return file.error();
  }
  manifest_.library.push_back(*file);
  return writeManifest();
}

Result<void> Backup::savePerformanceKey() {
  if (manifest_.performanceKey) {
    return {};
  }
  if (const auto made = ports_.changes.makeFolder(folder_); !made) {
    return made;
  }
  const auto image = ports_.registry.capturePerformanceKey(manifest_.counterService);
  if (!image) {
    return image.error();
  }
  manifest_.performanceKey = *image;
  return writeManifest();
}

Result<void> Backup::saveCounters(const Facts& facts) {
  if (manifest_.perflibTotals) {
    return {};
  }
  if (const auto saved = savePerformanceKey(); !saved) {
    return saved;
  }
  const auto totals = ports_.registry.capturePerflibTotals();
  if (!totals) {
    return totals.error();
  }
  // Text files of before somebody else loaded counters, with a digest of after, would let a
  // roll-back delete the other's texts.
  const auto space = ports_.counters.indexSpace();
  if (!space) {
    return space.error();
  }
  BackupManifest complete = manifest_;
  complete.othersDigest = digestOfOthers(*space, manifest_.counterService);
  complete.perflibTotals = *totals;
  for (const FileFact& text : facts.textFiles) {
    const auto file = save(text.path, std::string(fileNameOf(text.path)));
    if (!file) {
      return file.error();
    }
    complete.textFiles.push_back(*file);
  }
  for (const FileFact* input : {&facts.counterFile.file, &facts.counterFile.symbolFile}) {
    if (input->path.empty()) {
      continue;
    }
    const auto file = save(input->path, std::string(fileNameOf(input->path)));
    if (!file) {
      return file.error();
    }
    complete.inputs.push_back(*file);
  }
  const auto after = ports_.counters.indexSpace();
  if (!after) {
    return after.error();
  }
  if (!changesToOthers(*space, *after, manifest_.counterService).empty()) {
    return Error(ErrorKind::inUse, "backup", 0,
                 "counters of another service changed while they were saved");
  }
  const std::string text = toJson(facts).dump(1, ' ', false, json::error_handler_t::replace) + "\n";
  if (const auto kept =
          ports_.changes.replace(folder_ + "\\" + factsFile, {text.begin(), text.end()});
      !kept) {
    return kept;
  }
  manifest_ = std::move(complete);
  return writeManifest();
}

Result<Facts> Backup::savedFacts() const {
  const auto bytes = ports_.files.read(folder_ + "\\" + factsFile, maxFile);
  if (!bytes) {
    return bytes.error();
  }
  const auto j = nlohmann::json::parse(bytes->begin(), bytes->end(), nullptr, false);
  return j.is_discarded() ? Error(ErrorKind::corrupt, folder_ + "\\" + factsFile, 0, "not JSON")
                          : factsFromJson(j);
}

Result<std::vector<std::uint8_t>> Backup::saved(const BackedUpFile& file) const {
  const std::string path = folder_ + "\\" + file.savedAs;
  auto bytes = ports_.files.read(path, maxFile);
  // A file that is gone does not come back: trying again will not help.
  if (bytes ? crcOf(*bytes) != file.checksum : bytes.error().kind == ErrorKind::missing) {
    return Error(ErrorKind::corrupt, path, 0, "the backup is not what was saved");
  }
  return bytes;
}

Result<void> Backup::putBack(const BackedUpFile& file) {
  if (!file.existed) {
    return ports_.changes.remove(file.path);
  }
  const auto bytes = saved(file);
  if (!bytes) {
    return bytes.error();
  }
  // What is as it was needs no write: it may be in use.
  if (const auto now = ports_.files.read(file.path, maxFile); now && *now == *bytes) {
    return {};
  }
  return ports_.changes.replace(file.path, *bytes);
}

Result<void> Backup::restoreLibrary() {
  for (const BackedUpFile& file : manifest_.library) {
    if (auto done = putBack(file); !done) {
      return done;
    }
  }
  return {};
}

Result<void> Backup::restore() {
  const auto others = othersMoved();
  // First all that is needed is looked at: names without their explanations, or a key without its
  // texts, are worse than what is there now.
  auto sound = look(manifest_.library);
  if (sound && others && !*others) {
    sound = look(manifest_.textFiles);
  }
  if (!sound) {
    return sound;
  }
  const auto library = restoreLibrary();
  if (!others) {
    return others.error();
  }
  auto counters = restoreCounters(*others);
  return library ? counters : library;
}

Result<void> Backup::look(const std::vector<BackedUpFile>& files) const {
  for (const BackedUpFile& file : files) {
    if (!file.existed) {
      continue;
    }
    if (const auto bytes = saved(file); !bytes) {
      return bytes.error();
    }
  }
  return {};
}

Result<bool> Backup::othersMoved() {
  if (!manifest_.perflibTotals) {
    return false;
  }
  const auto space = ports_.counters.indexSpace();
  if (!space) {
    return space.error();
  }
  return digestOfOthers(*space, manifest_.counterService) != manifest_.othersDigest;
}

Result<void> Backup::restoreCounters(bool othersMoved) {
  if (manifest_.perflibTotals && !othersMoved) {
    for (const BackedUpFile& file : manifest_.textFiles) {
      if (const auto done = putBack(file); !done) {
        return done;
      }
    }
    if (const auto done = ports_.registry.restorePerflibTotals(*manifest_.perflibTotals); !done) {
      return done;
    }
  }
  if (manifest_.performanceKey) {
    KeyImage image = *manifest_.performanceKey;
    if (othersMoved) {
      const auto now = ports_.registry.capturePerformanceKey(manifest_.counterService);
      if (!now) {
        return now.error();
      }
      keepIndexValues(image, *now);
    }
    if (const auto done = ports_.registry.restorePerformanceKey(manifest_.counterService, image);
        !done) {
      return done;
    }
  }
  if (othersMoved) {
    return Error(
        ErrorKind::unsupported, "roll-back", 0,
        "counters of another service were loaded since the backup; the texts and the index values "
        "stay as they are");
  }
  return {};
}

}  // namespace imshealth
