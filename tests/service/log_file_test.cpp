#include "service/log_file.h"

#include "tests/service/fixture.h"

#include <catch2/catch.hpp>

using namespace imshealth;

namespace {

struct DiskFiles {
  int open = 0, inheritable = 0;
};

/// Handles of this process are small multiples of four.
DiskFiles diskFiles() {
  DiskFiles found;
  for (std::uintptr_t value = 4; value < 0x4000; value += 4) {
    const auto handle = reinterpret_cast<HANDLE>(value);
    DWORD flags = 0;
    if (GetFileType(handle) == FILE_TYPE_DISK && GetHandleInformation(handle, &flags)) {
      ++found.open;
      found.inheritable += (flags & HANDLE_FLAG_INHERIT) != 0 ? 1 : 0;
    }
  }
  return found;
}

}  // namespace

TEST_CASE("no child inherits the log file, which before Vista it would hold open") {
  const DiskFiles before = diskFiles();
  LogFile log(test::newFolder() + "\\imshealth.log", LogPolicy{});
  log.info("open");
  const DiskFiles after = diskFiles();
  CHECK(after.open == before.open + 1);
  CHECK(after.inheritable == before.inheritable);
}
