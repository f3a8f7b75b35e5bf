#include "service/log_settings.h"

#include "service/win32/registry.h"

#include <catch2/catch.hpp>

#include <optional>
#include <string>

using namespace imshealth;

namespace {

constexpr char perflib[] = "SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Perflib";
constexpr char application[] = "SYSTEM\\CurrentControlSet\\Services\\EventLog\\Application";

/// A value of this machine for one test; afterwards it is as it was before.
class Setting {
 public:
  Setting(const char* path, std::string name) : path_(path), name_(std::move(name)) {
    before_ = key().value(name_);
    remove();
  }
  ~Setting() {
    (void)key().removeValue(name_);
    if (before_) {
      (void)key().set(*before_);
    }
  }
  Setting(const Setting&) = delete;
  Setting& operator=(const Setting&) = delete;

  void operator=(std::uint32_t number) {
    RegistryValue value{name_, REG_DWORD, {}};
    for (int shift = 0; shift < 32; shift += 8) {
      value.bytes.push_back(static_cast<std::uint8_t>(number >> shift));
    }
    REQUIRE(key().set(value).has_value());
  }
  void remove() { REQUIRE(key().removeValue(name_).has_value()); }
  void makeText() { REQUIRE(key().set({name_, REG_SZ, {'0', 0, 0, 0}}).has_value()); }

 private:
  RegistryKey key() const { return RegistryKey::create(path_).value(); }

  const char* path_;
  std::string name_;
  std::optional<RegistryValue> before_;
};

}  // namespace

TEST_CASE("what is not set is absent, and no reason for a warning") {
  const Setting level(perflib, "EventLogLevel");
  const Setting retention(application, "Retention");
  const Setting archives(application, "AutoBackupLogFiles");
  const LogSettings settings = readLogSettings();
  CHECK_FALSE(settings.perflibEventLogLevel);
  CHECK_FALSE(settings.retention);
  CHECK_FALSE(settings.archivesWhenFull);
  CHECK(settings.full != true);  // the log of a machine that runs tests is not
  CHECK(impediments(settings).empty());
}

TEST_CASE("the settings of Perflib and of the Application log are read as they are set") {
  Setting level(perflib, "EventLogLevel");
  Setting retention(application, "Retention");
  Setting archives(application, "AutoBackupLogFiles");
  level = 0;
  retention = 0xFFFFFFFF;
  CHECK(readLogSettings().perflibEventLogLevel == 0u);
  CHECK(readLogSettings().retention == 0xFFFFFFFFu);
  CHECK(impediments(readLogSettings()).size() == 2);

  archives = 1;
  CHECK(readLogSettings().archivesWhenFull);
  CHECK(impediments(readLogSettings()).size() == 1);

  level = 3;
  retention = 0;
  archives = 0;
  CHECK(readLogSettings().perflibEventLogLevel == 3u);
  CHECK(readLogSettings().retention == 0u);
  CHECK_FALSE(readLogSettings().archivesWhenFull);
  CHECK(impediments(readLogSettings()).empty());
}

TEST_CASE("a setting of another type is absent") {
  Setting level(perflib, "EventLogLevel");
  Setting archives(application, "AutoBackupLogFiles");
  level.makeText();
  archives.makeText();
  CHECK_FALSE(readLogSettings().perflibEventLogLevel);
  CHECK_FALSE(readLogSettings().archivesWhenFull);
}
