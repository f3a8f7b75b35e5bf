// Is the log full? Through wevtapi; GetEventLogInformation of the classic interface is not the
// lab's.
#include "service/log_settings.h"

#include "tests/lab/contract/lab_log.h"

#include <catch2/catch.hpp>

using namespace imshealth;

#if defined(_WIN64)
TEST_CASE("A full log that overwrites nothing is told as full until it is cleared") {
  lab::LabLog log;
  auto& header = lab::Store::instance().header();
  const auto maxBytes = header.maxBytes;
  header.maxBytes = 4096;
  log.write("a");
  CHECK(readLogSettings().full == false);
  header.doNotOverwrite = 1;
  for (int i = 0; i < 100; ++i)
    log.write("b");
  CHECK(readLogSettings().full == true);
  log.stopService(1722);
  CHECK_FALSE(readLogSettings().full);
  log.startService();
  log.clear(true);
  CHECK(readLogSettings().full == false);
  header.doNotOverwrite = 0;
  header.maxBytes = maxBytes;
}
#endif
