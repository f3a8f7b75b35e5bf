// The part of the event log's XPath that names System fields. Anything else is refused, as the
// real service refuses what it cannot parse.
#pragma once

#include "tests/lab/eventlog/store.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace lab {

class Condition {
 public:
  virtual ~Condition() = default;
  virtual bool matches(const Event& event) const = 0;
};

class Filter {
 public:
  // A plain path (`*`, `*[System[...]]`, `Event[...]`) or a structured query with one Select.
  static std::optional<Filter> parse(std::wstring_view query);

  bool matches(const Event& event) const { return !condition_ || condition_->matches(event); }

 private:
  std::shared_ptr<const Condition> condition_;
};

// As System/Provider/@Name has it: a classic Perflib record shows the provider of the manifest.
std::wstring providerName(const Event& event);
// System/Level of a classic event type; the manifest form of Perflib's events is a warning.
unsigned char level(const Event& event);

}  // namespace lab
