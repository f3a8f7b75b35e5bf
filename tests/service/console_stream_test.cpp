#include "service/win32/console_stream.h"

#include "service/win32/handles.h"
#include "service/win32/text.h"
#include "tests/service/fixture.h"

#include <catch2/catch.hpp>

using namespace imshealth;

namespace {

/// What a program that writes to `standardOutput` learns.
bool isTaken(HANDLE standardOutput) {
  const HANDLE before = GetStdHandle(STD_OUTPUT_HANDLE);
  SetStdHandle(STD_OUTPUT_HANDLE, standardOutput);
  ConsoleStream out(STD_OUTPUT_HANDLE);
  SetStdHandle(STD_OUTPUT_HANDLE, before);
  out << "text\n";
  return !out.flush().fail();
}

}  // namespace

TEST_CASE("an output that cannot be written fails at the flush") {
  const std::string file = test::newFolder() + "\\out.txt";
  const UniqueFile writable(CreateFileW(toWide(file).c_str(), GENERIC_WRITE,
                                        FILE_SHARE_READ | FILE_SHARE_WRITE, nullptr, CREATE_NEW,
                                        FILE_ATTRIBUTE_NORMAL, nullptr));
  REQUIRE(writable);
  CHECK(isTaken(writable.get()));
  const UniqueFile readOnly(CreateFileW(toWide(file).c_str(), GENERIC_READ,
                                        FILE_SHARE_READ | FILE_SHARE_WRITE, nullptr, OPEN_EXISTING,
                                        FILE_ATTRIBUTE_NORMAL, nullptr));
  REQUIRE(readOnly);
  CHECK_FALSE(isTaken(readOnly.get()));
}

TEST_CASE(
    "it is no failure that nobody reads the output: no standard output, a reader that has gone") {
  CHECK(isTaken(nullptr));
  CHECK(isTaken(INVALID_HANDLE_VALUE));
  HANDLE read = nullptr;
  HANDLE write = nullptr;
  REQUIRE(CreatePipe(&read, &write, nullptr, 0));
  CloseHandle(read);
  const UniqueFile end(write);
  CHECK(isTaken(end.get()));
}
