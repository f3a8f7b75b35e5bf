#include "core/causes.h"

#include "core/status_code.h"
#include "core/windows_path.h"

#include <catch2/catch.hpp>

namespace imshealth {

TEST_CASE("Each cause has a row that is worth reading, and its code leads back to it") {
  for (const CauseRow& row : causesTable()) {
    INFO(row.code);
    CHECK(&rowOf(row.cause) == &row);
    CHECK(causeFromCode(row.code) == row.cause);
    CHECK(row.meaning.size() > 20);
    CHECK(row.meaning.back() != '.');
    CHECK(row.remedy.size() > 10);
    CHECK((row.cause >= Cause::libraryMissing) == (row.cure != Cure::none));
  }
  CHECK_FALSE(causeFromCode("UntrustedPath"));
}

TEST_CASE("Status codes are written as people look them up") {
  CHECK(formatStatus(std::nullopt) == "none");
  CHECK(formatStatus(0) == "0");
  CHECK(formatStatus(65535) == "65535");
  CHECK(formatStatus(65536) == "0x00010000");
  CHECK(formatStatus(0x8007085A) == "0x8007085A");
  CHECK(describeStatus(127) == "127 (ERROR_PROC_NOT_FOUND)");
  CHECK(describeStatus(2138) == "2138 (NERR_WkstaNotStarted)");
  CHECK(describeStatus(4711) == "4711");
}

TEST_CASE("A status stands for a cause; an HRESULT for that of its low word") {
  CHECK(causeOf(2) == Cause::openFailed);
  CHECK(causeOf(5) == Cause::accessDenied);
  CHECK(causeOf(0x80070005) == Cause::accessDenied);
  CHECK(causeOf(0x80040005) == Cause::openFailed);
  CHECK(causeOf(0x6BA) == Cause::providerNotReady);
  CHECK(causeOf(4711) == Cause::openFailed);
}

TEST_CASE("Only plain local paths are ever opened") {
  CHECK(isPlainLocalPath("C:\\exchsrvr\\bin\\imsperf.dll"));
  CHECK(isPlainLocalPath("c:\\"));
  CHECK(isPlainLocalPath("D:\\Program Files\\Exchange.5\\x"));
  for (const char* path : {"", "C:", "C:x", "\\x", "\\\\server\\share", "\\\\?\\C:\\x",
                           "C:\\a\\..\\b", "C:\\a\\.\\b", "C:\\a\\\\b", "C:\\a\\", "C:\\a.",
                           "C:\\a \\b", "C:\\a:stream", "C:/a", "C:\\a*", "1:\\a", "C:\\a\x01"}) {
    INFO(path);
    CHECK_FALSE(isPlainLocalPath(path));
  }
}

TEST_CASE("A folder holds what lies below it, not what begins alike") {
  CHECK(liesWithin("C:\\EXCHSRVR\\bin", "c:\\exchsrvr"));
  CHECK(liesWithin("C:\\exchsrvr", "C:\\exchsrvr"));
  CHECK(liesWithin("C:\\x", "C:\\"));
  CHECK_FALSE(liesWithin("C:\\exchsrvr2\\bin", "C:\\exchsrvr"));
  CHECK_FALSE(liesWithin("C:\\exchsrvr", ""));
}

TEST_CASE("Folders and names of paths") {
  CHECK(folderOf("C:\\a\\b") == "C:\\a");
  CHECK(folderOf("C:\\a") == "C:\\");
  CHECK(folderOf("C:\\").empty());
  CHECK(fileNameOf("C:\\a\\b.dll") == "b.dll");
  CHECK(joinPath("C:\\", "a") == "C:\\a");
  CHECK(normalizedPath("C:/a//b\\") == "C:\\a\\b");
  CHECK(normalizedPath("\\\\server\\share") == "\\\\server\\share");
}

}  // namespace imshealth
