// Files of the server: examined, read, judged by who may change them, and replaced.
#pragma once

#include "core/ports.h"

#include <string>
#include <vector>

namespace imshealth {

class WindowsFileFacts : public FileFacts {
 public:
  FileFact examine(const std::string& path) const override;
  Result<std::vector<std::uint8_t>> read(const std::string& path,
                                         std::uint64_t limit) const override;
  PathTrust trustOf(const std::string& purpose, const std::string& path) const override;
};

/// Why others than administrators could have put it there, in one line; empty: they could not.
std::string whyNotTrusted(const FileFacts&, const std::string& purpose, const std::string& path);

class WindowsFileChanges : public FileChanges {
 public:
  Result<void> makeFolder(const std::string& path) override;
  /// A library that is loaded somewhere cannot be written over, but its file can be renamed: the
  /// old one is then moved aside and deleted as soon as the system lets it go.
  Result<void> replace(const std::string& path, const std::vector<std::uint8_t>& bytes) override;
  Result<void> remove(const std::string& path) override;
};

}  // namespace imshealth
