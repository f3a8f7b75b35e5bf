#include "service/win32/registry.h"

#include "core/little_endian.h"
#include "core/utf16.h"
#include "service/win32/dynamic_procs.h"
#include "service/win32/last_error.h"
#include "service/win32/text.h"

#include <algorithm>
#include <span>

namespace imshealth {
namespace {

constexpr std::size_t kLargestValue = 64U * 1024 * 1024;
constexpr REGSAM kView64 = 0x0100;  // KEY_WOW64_64KEY; systems before XP refuse it

REGSAM nativeView() {
  return runsUnderWow64() ? kView64 : 0;
}

std::string named(const std::string& path) {
  return "HKLM\\" + path;
}

}  // namespace

bool runsUnderWow64() {
  using IsWow64 = BOOL WINAPI(HANDLE, BOOL*);
  static const auto isWow64 = systemFunction<IsWow64>(L"kernel32.dll", "IsWow64Process");
  BOOL wow64 = FALSE;
  return isWow64 != nullptr && isWow64(GetCurrentProcess(), &wow64) && wow64;
}

Result<RegistryKey> RegistryKey::open(const std::string& path, REGSAM access) {
  UniqueRegistryKey key;
  const LONG error =
      RegOpenKeyExW(HKEY_LOCAL_MACHINE, toWide(path).c_str(), 0, access | nativeView(), key.put());
  if (error != ERROR_SUCCESS) {
    return windowsError(named(path), static_cast<DWORD>(error));
  }
  return RegistryKey(std::move(key), path);
}

Result<RegistryKey> RegistryKey::create(const std::string& path) {
  UniqueRegistryKey key;
  const LONG error = RegCreateKeyExW(HKEY_LOCAL_MACHINE, toWide(path).c_str(), 0, nullptr, 0,
                                     KEY_ALL_ACCESS | nativeView(), nullptr, key.put(), nullptr);
  if (error != ERROR_SUCCESS) {
    return windowsError(named(path), static_cast<DWORD>(error));
  }
  return RegistryKey(std::move(key), path);
}

std::optional<RegistryValue> RegistryKey::value(const std::string& name) const {
  const std::wstring wide = toWide(name);
  RegistryValue value{.name = name, .type = 0, .bytes = std::vector<std::uint8_t>(256)};
  // The value may grow between two calls, and the performance texts give no size at all.
  while (value.bytes.size() <= kLargestValue) {
    auto size = static_cast<DWORD>(value.bytes.size());
    DWORD type = 0;
    const LONG error =
        RegQueryValueExW(key_.get(), wide.c_str(), nullptr, &type, value.bytes.data(), &size);
    if (error == ERROR_SUCCESS) {
      value.type = type;
      value.bytes.resize(size);
      return value;
    }
    if (error != ERROR_MORE_DATA) {
      return std::nullopt;
    }
    value.bytes.resize(std::max<std::size_t>(size, value.bytes.size() * 2));
  }
  return std::nullopt;
}

Result<std::vector<RegistryValue>> RegistryKey::values() const {
  std::vector<RegistryValue> values;
  for (DWORD index = 0;; ++index) {
    wchar_t name[16384];  // the longest that a value's name may be
    DWORD length = 16384;
    const LONG error =
        RegEnumValueW(key_.get(), index, name, &length, nullptr, nullptr, nullptr, nullptr);
    if (error == ERROR_NO_MORE_ITEMS) {
      break;
    }
    if (error != ERROR_SUCCESS) {
      return windowsError(named(path_), static_cast<DWORD>(error));
    }
    if (auto read = value(toUtf8({name, length}))) {
      values.push_back(std::move(*read));
    }
  }
  std::ranges::sort(values, {}, &RegistryValue::name);
  return values;
}

std::vector<std::string> RegistryKey::subkeys() const {
  std::vector<std::string> names;
  for (DWORD index = 0;; ++index) {
    wchar_t name[256];  // a key's name has at most 255 characters
    DWORD length = 256;
    if (RegEnumKeyExW(key_.get(), index, name, &length, nullptr, nullptr, nullptr, nullptr) !=
        ERROR_SUCCESS) {
      return names;
    }
    names.push_back(toUtf8({name, length}));
  }
}

Result<void> RegistryKey::set(const RegistryValue& value) {
  const LONG error = RegSetValueExW(key_.get(), toWide(value.name).c_str(), 0, value.type,
                                    value.bytes.data(), static_cast<DWORD>(value.bytes.size()));
  if (error != ERROR_SUCCESS) {
    return windowsError(named(path_) + "\\" + value.name, static_cast<DWORD>(error));
  }
  return {};
}

Result<void> RegistryKey::removeValue(const std::string& name) {
  const LONG error = RegDeleteValueW(key_.get(), toWide(name).c_str());
  if (error != ERROR_SUCCESS && error != ERROR_FILE_NOT_FOUND) {
    return windowsError(named(path_) + "\\" + name, static_cast<DWORD>(error));
  }
  return {};
}

Result<void> RegistryKey::flush() {
  const LONG error = RegFlushKey(key_.get());
  if (error != ERROR_SUCCESS) {
    return windowsError(named(path_), static_cast<DWORD>(error));
  }
  return {};
}

std::optional<std::string> textOf(const std::optional<RegistryValue>& value) {
  if (!value || (value->type != REG_SZ && value->type != REG_EXPAND_SZ)) {
    return std::nullopt;
  }
  std::string text = utf8FromUtf16(value->bytes);
  text.resize(std::min(text.size(), text.find('\0')));
  return text;
}

std::vector<std::string> textsOf(const std::optional<RegistryValue>& value) {
  std::vector<std::string> texts;
  if (!value || (value->type != REG_SZ && value->type != REG_MULTI_SZ)) {
    return texts;
  }
  const std::string all = utf8FromUtf16(value->bytes);
  for (std::size_t start = 0; start < all.size();) {
    const std::size_t end = std::min(all.size(), all.find('\0', start));
    if (end > start) {
      texts.push_back(all.substr(start, end - start));
    }
    start = end + 1;
  }
  return texts;
}

std::optional<std::uint32_t> numberOf(const std::optional<RegistryValue>& value) {
  if (!value || value->type != REG_DWORD || value->bytes.size() != 4) {
    return std::nullopt;
  }
  return loadU32(value->bytes.data());
}

std::optional<std::uint32_t> numberAt(const std::string& path, const std::string& name) {
  const auto key = RegistryKey::open(path);
  return key ? numberOf(key->value(name)) : std::nullopt;
}

}  // namespace imshealth
