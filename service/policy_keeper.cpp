#include "service/policy_keeper.h"

#include "core/alerts.h"
#include "service/win32/file_io.h"

#include <algorithm>

namespace imshealth {
namespace {

constexpr std::uint64_t largestPolicy = 1024 * 1024;

Policy defaultInAlertMode() {
  Policy policy = builtInPolicy();
  policy.mode = Mode::alert;
  return policy;
}

}  // namespace

PolicyKeeper::Reading PolicyKeeper::readFile() {
  Reading reading;
  const auto text = readWholeFile(file_, largestPolicy);
  if (!text) {
    lastText_.reset();
    reading.missing = text.error().kind == ErrorKind::missing;
    if (!reading.missing) {
      reading.refusal = alerts::policyRefused(file_, 1, 1, text.error().describe());
    }
    return reading;
  }
  lastText_ = *text;
  PolicyReading parsed = parsePolicy(*text);
  if (parsed.policy) {
    reading.policy = std::move(parsed.policy);
    if (!keptFile_.empty()) {
      // Best effort: without the copy a broken file at the next start means the default.
      if (writeWholeFile(keptFile_ + ".new", *text)) {
        (void)moveOver(keptFile_ + ".new", keptFile_);
      }
    }
  } else {
    const auto first = std::find_if(
        parsed.diagnostics.begin(), parsed.diagnostics.end(),
        [](const Diagnostic& diagnostic) { return diagnostic.severity == Severity::error; });
    reading.refusal = alerts::policyRefused(file_, first->line, first->column, first->message);
  }
  return reading;
}

PolicyInForce PolicyKeeper::load() {
  Reading reading = readFile();
  if (reading.policy) {
    return {std::move(*reading.policy), file_, std::nullopt};
  }
  if (!reading.missing && !keptFile_.empty()) {
    if (const auto kept = readWholeFile(keptFile_, largestPolicy)) {
      if (auto parsed = parsePolicy(*kept); parsed.policy) {
        return {std::move(*parsed.policy), keptFile_, std::move(reading.refusal)};
      }
    }
  }
  return {defaultInAlertMode(), {}, std::move(reading.refusal)};
}

std::optional<PolicyKeeper::Change> PolicyKeeper::reload() {
  const auto text = readWholeFile(file_, largestPolicy);
  const bool missing = !text && text.error().kind == ErrorKind::missing;
  const bool same = text ? lastText_ == *text : missing && !lastText_;
  if (same) {
    return std::nullopt;
  }
  if (missing) {
    lastText_.reset();
    return Change{
        defaultInAlertMode(),
        {},
        alerts::policyRefused(file_, 1, 1, "the file is gone; the built-in default is in force")};
  }
  Reading reading = readFile();
  return Change{std::move(reading.policy), file_, std::move(reading.refusal)};
}

}  // namespace imshealth
