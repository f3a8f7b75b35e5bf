#include "service/counter_registry.h"

#include "config/ascii.h"
#include "service/counter_texts.h"
#include "service/win32/last_error.h"
#include "service/win32/registry.h"
#include "service/win32/text.h"

#include <algorithm>
#include <array>

namespace imshealth {
namespace {

constexpr const char* kServices = "SYSTEM\\CurrentControlSet\\Services";
constexpr const char* kPerflib = "SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Perflib";

std::string performancePath(const std::string& service) {
  return std::string(kServices) + "\\" + service + "\\Performance";
}

/// Reads values, and notes those that are there with a wrong type.
class TypedValues {
 public:
  TypedValues(const RegistryKey& key, std::vector<std::string>& malformed)
      : key_(key), malformed_(malformed) {}

  std::optional<std::string> text(const char* name) { return checked(name, textOf); }
  std::optional<std::uint32_t> number(const char* name) { return checked(name, numberOf); }

 private:
  template <class T>
  std::optional<T> checked(const char* name,
                           std::optional<T> (*convert)(const std::optional<RegistryValue>&)) {
    const auto value = key_.value(name);
    auto converted = convert(value);
    if (value && !converted) {
      malformed_.emplace_back(name);
    }
    return converted;
  }

  const RegistryKey& key_;
  std::vector<std::string>& malformed_;
};

ServiceRange rangeIn(const std::string& service, const RegistryKey& key) {
  return {.service = service,
          .firstCounter = numberOf(key.value("First Counter")),
          .lastCounter = numberOf(key.value("Last Counter")),
          .firstHelp = numberOf(key.value("First Help")),
          .lastHelp = numberOf(key.value("Last Help"))};
}

bool isTotal(const std::string& name) {
  constexpr std::array kTotals{"Last Counter", "Last Help", "Base Index"};
  return std::ranges::any_of(kTotals,
                             [&](const char* total) { return equalsIgnoringCase(name, total); });
}

/// Makes the values that `concerns` says yes to exactly those of the image.
template <class Predicate>
Result<void> restoreValues(RegistryKey& key, const KeyImage& image, Predicate concerns) {
  const auto present = key.values();
  if (!present) {
    return present.error();
  }
  for (const RegistryValue& value : *present) {
    const bool wanted = std::ranges::any_of(image.values, [&](const RegistryValue& other) {
      return equalsIgnoringCase(other.name, value.name);
    });
    if (concerns(value.name) && !wanted) {
      if (const auto removed = key.removeValue(value.name); !removed) {
        return removed;
      }
    }
  }
  for (const RegistryValue& value : image.values) {
    if (const auto written = key.set(value); !written) {
      return written;
    }
  }
  return key.flush();
}

}  // namespace

Result<PerformanceKey> WindowsCounterRegistry::performanceKey(const std::string& service) const {
  PerformanceKey facts;
  const auto key = RegistryKey::open(performancePath(service));
  if (!key) {
    return key.error().kind == ErrorKind::missing ? Result<PerformanceKey>(facts) : key.error();
  }
  facts.exists = true;
  TypedValues values(*key, facts.malformedValues);
  facts.library = values.text("Library");
  facts.open = values.text("Open");
  facts.collect = values.text("Collect");
  facts.close = values.text("Close");
  facts.firstCounter = values.number("First Counter");
  facts.lastCounter = values.number("Last Counter");
  facts.firstHelp = values.number("First Help");
  facts.lastHelp = values.number("Last Help");
  facts.objectList = values.text("Object List");
  facts.disablePerformanceCounters = values.number("Disable Performance Counters");
  return facts;
}

Result<IndexSpace> WindowsCounterRegistry::indexSpace() const {
  IndexSpace space;
  const auto perflib = RegistryKey::open(kPerflib);
  if (!perflib) {
    return perflib.error();
  }
  space.totals = {.lastCounter = numberOf(perflib->value("Last Counter")),
                  .lastHelp = numberOf(perflib->value("Last Help")),
                  .baseIndex = numberOf(perflib->value("Base Index"))};

  const auto services = RegistryKey::open(kServices);
  if (!services) {
    return services.error();
  }
  for (const std::string& service : services->subkeys()) {
    if (const auto key = RegistryKey::open(performancePath(service))) {
      space.services.push_back(rangeIn(service, *key));
    }
  }
  space.languages = readCounterTexts();
  return space;
}

Result<KeyImage> WindowsCounterRegistryBackup::capturePerformanceKey(
    const std::string& service) const {
  const auto key = RegistryKey::open(performancePath(service));
  if (!key) {
    return key.error().kind == ErrorKind::missing ? Result<KeyImage>(KeyImage()) : key.error();
  }
  auto values = key->values();
  if (!values) {
    return values.error();
  }
  return KeyImage{.exists = true, .values = std::move(*values)};
}

Result<void> WindowsCounterRegistryBackup::restorePerformanceKey(const std::string& service,
                                                                 const KeyImage& image) {
  const std::string path = performancePath(service);
  if (!image.exists) {
    // The Services key is the same in both views of the registry.
    const LONG error = RegDeleteKeyW(HKEY_LOCAL_MACHINE, toWide(path).c_str());
    if (error != ERROR_SUCCESS && error != ERROR_FILE_NOT_FOUND) {
      return windowsError("HKLM\\" + path, static_cast<DWORD>(error));
    }
    return {};
  }
  auto key = RegistryKey::create(path);
  if (!key) {
    return key.error();
  }
  return restoreValues(*key, image, [](const std::string&) { return true; });
}

Result<KeyImage> WindowsCounterRegistryBackup::capturePerflibTotals() const {
  const auto key = RegistryKey::open(kPerflib);
  if (!key) {
    return key.error();
  }
  auto values = key->values();
  if (!values) {
    return values.error();
  }
  std::erase_if(*values, [](const RegistryValue& value) { return !isTotal(value.name); });
  return KeyImage{.exists = true, .values = std::move(*values)};
}

Result<void> WindowsCounterRegistryBackup::restorePerflibTotals(const KeyImage& image) {
  auto key = RegistryKey::open(kPerflib, KEY_READ | KEY_WRITE);
  if (!key) {
    return key.error();
  }
  return restoreValues(*key, image, isTotal);
}

}  // namespace imshealth
