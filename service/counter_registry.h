// Counters in the registry: Performance keys, Perflib totals, texts.
#pragma once

#include "core/ports.h"

#include <string>

namespace imshealth {

class WindowsCounterRegistry : public CounterRegistry {
 public:
  Result<PerformanceKey> performanceKey(const std::string& service) const override;
  Result<IndexSpace> indexSpace() const override;
};

class WindowsCounterRegistryBackup : public CounterRegistryBackup {
 public:
  Result<KeyImage> capturePerformanceKey(const std::string& service) const override;
  Result<void> restorePerformanceKey(const std::string& service, const KeyImage&) override;
  /// Last Counter, Last Help and Base Index: nothing else of the Perflib key is lodctr's.
  Result<KeyImage> capturePerflibTotals() const override;
  Result<void> restorePerflibTotals(const KeyImage&) override;
};

}  // namespace imshealth
