#include "service/first_policy.h"

#include "config/default_policy.h"
#include "config/parse_policy.h"
#include "service/win32/file_io.h"
#include "service/win32/last_error.h"
#include "service/win32/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace imshealth {
namespace {

/// The commented default, for this mode.
std::string defaultFor(const std::string& mode) {
  std::string text(defaultPolicyText());
  constexpr std::string_view isDefault = "\"mode\": \"alert\"";
  if (const auto place = text.find(isDefault); place != std::string::npos) {
    text.replace(place, isDefault.size(), "\"mode\": \"" + mode + "\"");
  }
  return text;
}

Result<std::string> wanted(const FirstPolicy& first) {
  if (!first.file) {
    return defaultFor(*first.mode);
  }
  auto text = readWholeFile(*first.file, largestPolicyFile);
  if (!text) {
    return text;
  }
  const PolicyReading reading = parsePolicy(*text);
  if (!reading.policy) {
    const auto& said = reading.diagnostics;
    const auto worst = std::find_if(said.begin(), said.end(), [](const Diagnostic& diagnostic) {
      return diagnostic.severity == Severity::error;
    });
    return Error(ErrorKind::corrupt,
                 fmt::format("{}:{}:{}", *first.file, worst->line, worst->column), 0,
                 worst->message);
  }
  if (first.mode && *first.mode != toString(reading.policy->mode)) {
    return Error(ErrorKind::corrupt, *first.file, 0,
                 fmt::format("its mode is {}, but {} is asked for", toString(reading.policy->mode),
                             *first.mode));
  }
  return text;
}

bool asksForNothing(const FirstPolicy& first) {
  return !first.mode && !first.file;
}

bool isThere(const std::wstring& file) {
  return GetFileAttributesW(file.c_str()) != INVALID_FILE_ATTRIBUTES;
}

}  // namespace

Result<void> checkFirstPolicy(const DataFolder& folder, const FirstPolicy& first) {
  if (!asksForNothing(first) && !isThere(toWide(folder.policyFile()))) {
    if (const auto text = wanted(first); !text) {
      return text.error();
    }
  }
  return {};
}

Result<bool> placeFirstPolicy(const DataFolder& folder, const FirstPolicy& first) {
  const std::wstring target = toWide(folder.policyFile());
  if (asksForNothing(first)) {
    return true;
  }
  if (isThere(target)) {
    return false;
  }
  const auto text = wanted(first);
  if (!text) {
    return text.error();
  }
  const std::string aside = folder.policyFile() + ".new";
  if (auto written = writeFreshFile(aside, *text); !written) {
    return written.error();
  }
  // Not over an existing file: whoever was quicker wins.
  if (!MoveFileW(toWide(aside).c_str(), target.c_str())) {
    const Error error = lastError(folder.policyFile());
    DeleteFileW(toWide(aside).c_str());
    return error;
  }
  return true;
}

}  // namespace imshealth
