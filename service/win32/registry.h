// Reading and writing keys of HKEY_LOCAL_MACHINE. Always the view of the system itself: a 32-bit
// program on 64-bit Windows would otherwise be shown another SOFTWARE.
#pragma once

#include "core/error.h"
#include "core/ports.h"
#include "service/win32/handles.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace imshealth {

class RegistryKey {
 public:
  /// Error kind missing: no such key. `access`: KEY_READ and the like.
  static Result<RegistryKey> open(const std::string& path, REGSAM access = KEY_READ);
  static Result<RegistryKey> create(const std::string& path);
  static bool exists(const std::string& path) { return open(path).has_value(); }

  /// Absent: no such value. Values above 64 MB count as absent.
  std::optional<RegistryValue> value(const std::string& name) const;
  Result<std::vector<RegistryValue>> values() const;
  std::vector<std::string> subkeys() const;

  Result<void> set(const RegistryValue&);
  Result<void> removeValue(const std::string& name);  ///< not there: no error
  Result<void> flush();

 private:
  RegistryKey(UniqueRegistryKey key, std::string path)
      : key_(std::move(key)), path_(std::move(path)) {}

  UniqueRegistryKey key_;
  std::string path_;
};

/// REG_SZ and REG_EXPAND_SZ up to the first zero; another type: absent.
std::optional<std::string> textOf(const std::optional<RegistryValue>&);
/// REG_MULTI_SZ as its strings, REG_SZ as one.
std::vector<std::string> textsOf(const std::optional<RegistryValue>&);
/// REG_DWORD of four bytes; anything else: absent.
std::optional<std::uint32_t> numberOf(const std::optional<RegistryValue>&);
/// The same, where key and value are there.
std::optional<std::uint32_t> numberAt(const std::string& path, const std::string& name);

/// A 32-bit process on 64-bit Windows.
bool runsUnderWow64();

}  // namespace imshealth
