// Which policy is in force: the administrator's file, the kept copy of the last good one, or the
// built-in default. A bad file never stops anything.
#pragma once

#include "config/parse_policy.h"
#include "core/alert.h"
#include "core/error.h"

#include <functional>
#include <optional>
#include <string>

namespace imshealth {

struct PolicyInForce {
  Policy policy;
  std::string file;              ///< where it came from; empty: the built-in default
  std::optional<Alert> refusal;  ///< 110: the file was refused, or is gone
};

/// The file at one moment: its bytes, or why they cannot be had.
struct PolicyLook {
  std::string text;
  std::optional<Error> error;

  bool isMissing() const { return error && error->kind == ErrorKind::missing; }
  bool isInUse() const { return error && error->kind == ErrorKind::inUse; }
  bool operator==(const PolicyLook&) const;
};

class PolicyKeeper {
 public:
  /// `file`: the administrator's. `keptFile`: where the last good one is copied to; empty: it is
  /// not kept. `isTrusted`: only administrators can write `file`. What others could have written is
  /// not kept: from the copy it would come back as if it were an administrator's.
  PolicyKeeper(std::string file, std::string keptFile, std::function<bool()> isTrusted)
      : file_(std::move(file)), keptFile_(std::move(keptFile)), isTrusted_(std::move(isTrusted)) {}

  /// At the start. Broken: the kept one, else the default in mode alert.
  PolicyInForce load();

  /// While running. Whoever wants a file that is written completely compares two looks.
  PolicyLook look() const;
  bool isNews(const PolicyLook& seen) const { return seen != lastJudged_; }

  /// Nothing where the file is as it was when last judged. Broken: the refusal alone counts, the
  /// policy in force stays. Gone: the default.
  struct Change {
    std::optional<Policy> policy;
    std::string file;
    std::optional<Alert> refusal;
  };
  std::optional<Change> judge(const PolicyLook& seen);

  const std::string& file() const { return file_; }

 private:
  Change read(const PolicyLook& seen) const;
  /// Whoever deletes the file takes back what it said: it must not come back when the next one is
  /// broken.
  void forget() const;

  std::string file_;
  std::string keptFile_;
  std::function<bool()> isTrusted_;
  PolicyLook lastJudged_;
};

}  // namespace imshealth
