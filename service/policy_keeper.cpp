#include "service/policy_keeper.h"

#include "core/alerts.h"
#include "service/win32/file_io.h"
#include "service/win32/text.h"

#include <algorithm>

namespace imshealth {
namespace {

Policy defaultInAlertMode() {
  Policy policy = builtInPolicy();
  policy.mode = Mode::alert;
  return policy;
}

Alert refusalOf(const std::string& file, const std::vector<Diagnostic>& diagnostics) {
  const auto first = std::ranges::find(diagnostics, Severity::error, &Diagnostic::severity);
  return alerts::policyRefused(file, first->line, first->column, first->message);
}

}  // namespace

bool PolicyLook::operator==(const PolicyLook& other) const {
  const auto whyNot = [](const PolicyLook& look) {
    return look.error ? look.error->describe() : std::string();
  };
  return text == other.text && whyNot(*this) == whyNot(other);
}

PolicyLook PolicyKeeper::look() const {
  auto text = readWholeFile(file_, largestPolicyFile);
  if (!text) {
    return {{}, text.error()};
  }
  return {std::move(*text), {}};
}

PolicyKeeper::Change PolicyKeeper::read(const PolicyLook& seen) const {
  if (seen.error) {
    return {{}, file_, alerts::policyRefused(file_, 1, 1, seen.error->describe())};
  }
  PolicyReading reading = parsePolicy(seen.text);
  if (!reading.policy) {
    return {{}, file_, refusalOf(file_, reading.diagnostics)};
  }
  // Without a copy a broken file at the next start means the default; an older copy would bring
  // back what was replaced.
  if (keptFile_.empty() || !isTrusted_() || !writeFreshFile(keptFile_ + ".new", seen.text) ||
      !moveOver(keptFile_ + ".new", keptFile_)) {
    forget();
  }
  return {std::move(reading.policy), file_, {}};
}

void PolicyKeeper::forget() const {
  if (!keptFile_.empty()) {
    DeleteFileW(toWide(keptFile_).c_str());
  }
}

PolicyInForce PolicyKeeper::load() {
  lastJudged_ = look();
  if (lastJudged_.isMissing()) {
    forget();
    return {defaultInAlertMode(), {}, {}};
  }
  Change change = read(lastJudged_);
  if (change.policy) {
    return {std::move(*change.policy), file_, {}};
  }
  if (!keptFile_.empty()) {
    if (const auto kept = readWholeFile(keptFile_, largestPolicyFile)) {
      if (auto parsed = parsePolicy(*kept); parsed.policy) {
        return {std::move(*parsed.policy), keptFile_, std::move(change.refusal)};
      }
    }
  }
  return {defaultInAlertMode(), {}, std::move(change.refusal)};
}

std::optional<PolicyKeeper::Change> PolicyKeeper::judge(const PolicyLook& seen) {
  if (!isNews(seen)) {
    return std::nullopt;
  }
  lastJudged_ = seen;
  if (seen.isMissing()) {
    forget();
    return Change{
        defaultInAlertMode(),
        {},
        alerts::policyRefused(file_, 1, 1, "the file is gone; the built-in default is in force")};
  }
  return read(seen);
}

}  // namespace imshealth
