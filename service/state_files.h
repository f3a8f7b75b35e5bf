// state.json and state.previous.json in the data folder.
#pragma once

#include "core/ports.h"
#include "service/win32/named_mutex.h"

#include <string>

namespace imshealth {

class FolderStateFiles : public StateFiles {
 public:
  /// `folder` must exist. One mutex per machine, since there is one data folder.
  explicit FolderStateFiles(std::string folder) : folder_(std::move(folder)) {}

  Result<std::string> read(Generation) const override;
  Result<void> replace(const std::string& text) override;
  Result<std::string> setAside(Generation) override;
  Result<void> lock() override;
  void unlock() override;

 private:
  std::string path(Generation) const;

  std::string folder_;
  NamedMutex mutex_{L"ImsHealthState"};
};

}  // namespace imshealth
