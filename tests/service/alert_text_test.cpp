#include "service/alert_text.h"

#include "service/win32/handles.h"
#include "service/win32/text.h"
#include "tests/service/fixture.h"

#include <catch2/catch.hpp>

using namespace imshealth;

namespace {

UniqueModule theExe() {
  UniqueModule exe(LoadLibraryExW(toWide(test::beside("imshealth.exe")).c_str(), nullptr,
                                  LOAD_LIBRARY_AS_DATAFILE));
  REQUIRE(exe);
  return exe;
}

}  // namespace

TEST_CASE("an alert is shown as the Event Viewer shows it, in one line, whatever its severity") {
  const UniqueModule exe = theExe();
  CHECK(alertText(exe.get(), 201, {"MSExchangeIMC", "backUp, verify"}) ==
        "The repair of the performance counters of MSExchangeIMC begins. Steps: backUp, verify.");
  CHECK(alertText(exe.get(), 204, {"MSExchangeIMC", "coolDown"})
            .starts_with(
                "The performance counters of MSExchangeIMC were not repaired. Reason: coolDown. "));
  CHECK(alertText(exe.get(), 205, {"MSExchangeIMC", "3", "caf\xC3\xA9 100% s"})
            .find("after 3 attempts, and no more repairs are tried. Last reason: "
                  "caf\xC3\xA9 100% s.") != std::string::npos);
}

TEST_CASE("a reason that ends with a question mark does not get a full stop behind it") {
  CHECK(
      alertText(theExe().get(), 110,
                {"C:\\policy.json", "2:11", "\"repare\" is not a mode; did you mean \"repair\"?"})
          .starts_with(
              "The policy C:\\policy.json was not taken over (2:11: \"repare\" is not a mode; did "
              "you mean \"repair\"?). A bad file leaves "));
}

TEST_CASE("what an alert advises is true whenever it is written") {
  const UniqueModule exe = theExe();
  const std::string gone =
      alertText(exe.get(), 110, {"C:\\policy.json", "1:1", "the file is gone"});
  CHECK(gone.find("or without a file, the service only alerts") != std::string::npos);
  CHECK(gone.find("orrect the file") == std::string::npos);
  CHECK(alertText(exe.get(), 203, {"MSExchangeIMC", "verify", "why", "yes"})
            .ends_with(" every tool that the service ran."));
  CHECK(alertText(exe.get(), 204, {"MSExchangeIMC", "untrustedPath"})
            .find("whether a repair by hand is refused now too") != std::string::npos);
}

TEST_CASE("an alert with fewer strings than its text asks for is shown with gaps") {
  CHECK(alertText(theExe().get(), 201, {"MSExchangeIMC"}) ==
        "The repair of the performance counters of MSExchangeIMC begins. Steps: .");
}

TEST_CASE("an id that the exe does not know has no text") {
  CHECK(alertText(theExe().get(), 999, {"MSExchangeIMC"}).empty());
}
