// Which policy is in force: the administrator's file, the kept copy of the last good one, or the
// built-in default. A bad file never stops anything.
#pragma once

#include "config/parse_policy.h"
#include "core/alert.h"

#include <optional>
#include <string>

namespace imshealth {

struct PolicyInForce {
  Policy policy;
  std::string file;              ///< where it came from; empty: the built-in default
  std::optional<Alert> refusal;  ///< 110: the file was refused, or is gone
};

class PolicyKeeper {
 public:
  /// `file`: the administrator's. `keptFile`: where the last good one is copied to; empty: it is
  /// not kept.
  PolicyKeeper(std::string file, std::string keptFile)
      : file_(std::move(file)), keptFile_(std::move(keptFile)) {}

  /// At the start. Broken: the kept one, else the default in mode alert.
  PolicyInForce load();

  /// While running; nothing where the file is as it was when last looked at. Broken: the refusal
  /// alone counts, the policy in force stays. Gone: the default.
  struct Change {
    std::optional<Policy> policy;
    std::string file;
    std::optional<Alert> refusal;
  };
  std::optional<Change> reload();

  const std::string& file() const { return file_; }

 private:
  struct Reading {
    bool missing = false;
    std::optional<Policy> policy;
    std::optional<Alert> refusal;
  };
  Reading readFile();

  std::string file_;
  std::string keptFile_;
  std::optional<std::string> lastText_;  ///< absent: there was no file
};

}  // namespace imshealth
