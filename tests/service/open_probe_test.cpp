#include "service/open_probe.h"

#include "service/probe_protocol.h"
#include "service/win32/file_io.h"
#include "tests/service/fixture.h"

#include <catch2/catch.hpp>

#include <tuple>

using namespace imshealth;
using namespace std::chrono_literals;
using imshealth::test::await;

namespace {

ProbeResult probe(const std::string& open, const std::string& collect = "CollectNothing",
                  const std::string& library = test::beside(TEST_FAULTY_LIBRARY)) {
  boost::asio::io_context loop{1};
  StopSignal stop;
  ChildOpenProbe adapter(test::beside("imshealth.exe"), stop);
  return await(loop, adapter.probe({"MSExchangeIMC", library, open, collect, "CloseWell"}, 5s));
}

}  // namespace

TEST_CASE("a good library opens") {
  const ProbeResult result = probe("OpenWell");
  CHECK(result.outcome == ProbeOutcome::ok);
  CHECK_FALSE(result.status);
}

TEST_CASE("the child starts in the system directory, wherever its parent works") {
  CHECK(probe("OpenWellInSystemDirectory").outcome == ProbeOutcome::ok);
}

TEST_CASE("the library finds no handle of the parent but the two that the probe is given") {
  // Inheritable, as the end of a pipe is that another child is just being given.
  SECURITY_ATTRIBUTES inheritable{sizeof inheritable, nullptr, TRUE};
  const UniqueHandle event(CreateEventW(&inheritable, TRUE, TRUE, nullptr));
  REQUIRE(WaitForSingleObject(event.get(), 0) == WAIT_OBJECT_0);
  constexpr const wchar_t* variable = L"IMSHEALTH_TEST_HANDLE";
  const auto value = std::to_wstring(reinterpret_cast<ULONG_PTR>(event.get()));
  SetEnvironmentVariableW(variable, value.c_str());
  const ProbeResult result = probe("OpenWellWithoutHandle");
  SetEnvironmentVariableW(variable, nullptr);
  CAPTURE(result.status.value_or(0));
  CHECK(result.outcome == ProbeOutcome::ok);
}

TEST_CASE("what Open returns is told") {
  const ProbeResult result = probe("OpenRefuses");
  CHECK(result.outcome == ProbeOutcome::failed);
  CHECK(result.status == ERROR_ACCESS_DENIED);
  CHECK(result.stage == "open");
}

TEST_CASE("a fault of the library ends the child only") {
  const auto [open, outcome] = GENERATE(table<std::string, ProbeOutcome>({
      {"OpenHangs", ProbeOutcome::timedOut},
      {"OpenCrashes", ProbeOutcome::crashed},
      {"OpenEndsProcess", ProbeOutcome::crashed},
      {"OpenOverflowsStack", ProbeOutcome::crashed},
      {"OpenFloods", ProbeOutcome::timedOut},
  }));
  CAPTURE(open);
  const ProbeResult result = probe(open);
  CHECK(result.outcome == outcome);
  CHECK(result.stage == "open");
}

TEST_CASE("a crash is told with its exception") {
  CHECK(probe("OpenCrashes").status == EXCEPTION_ACCESS_VIOLATION);
}

TEST_CASE("a missing export is told") {
  const ProbeResult result = probe("NoSuchExport");
  CHECK(result.outcome == ProbeOutcome::failed);
  CHECK(result.status == ERROR_PROC_NOT_FOUND);
  CHECK(result.stage == "load");
}

TEST_CASE("a Collect that writes beyond its buffer is told") {
  const ProbeResult result = probe("OpenWell", "CollectWritesBeyond");
  CHECK(result.outcome == ProbeOutcome::failed);
  CHECK(result.stage == "collect");
}

TEST_CASE("a library that is missing or no library is told") {
  CHECK(probe("OpenWell", "CollectNothing", "C:\\no such.dll").status == ERROR_MOD_NOT_FOUND);

  const std::string text = test::newFolder() + "\\text.dll";
  REQUIRE(writeWholeFile(text, "This is a text.\r\n").has_value());
  const ProbeResult result = probe("OpenWell", "CollectNothing", text);
  CHECK(result.outcome == ProbeOutcome::failed);
  CHECK(result.status == ERROR_BAD_EXE_FORMAT);
}

TEST_CASE("a library for another processor is not a failure of the library") {
  auto image = readWholeFile(test::beside(TEST_FAULTY_LIBRARY), 16 * 1024 * 1024);
  REQUIRE(image.has_value());
  const auto pe = static_cast<std::size_t>(static_cast<unsigned char>((*image)[0x3C]) |
                                           static_cast<unsigned char>((*image)[0x3D]) << 8);
  (*image)[pe + 4] = '\x84';  // IMAGE_FILE_MACHINE_ALPHA
  (*image)[pe + 5] = '\x01';
  const std::string alpha = test::newFolder() + "\\alpha.dll";
  REQUIRE(writeWholeFile(alpha, *image).has_value());
  const ProbeResult result = probe("OpenWell", "CollectNothing", alpha);
  CHECK(result.outcome == ProbeOutcome::notRun);
  CHECK_FALSE(result.note.empty());
}

TEST_CASE("only lines with the nonce are believed") {
  const std::string output = "result ok 0 close\n\nwrong result ok 0 close\n" +
                             stageLine("n1", "open") + "noise\n" +
                             resultLine("n1", ProbeOutcome::failed, 5, "open") +
                             resultLine("n1", ProbeOutcome::ok, 0, "close");
  const ProbeResult result = judgeProbe("n1", {ProbeChildEnd::Kind::exited, 1, output});
  CHECK(result.outcome == ProbeOutcome::failed);
  CHECK(result.status == 5);
}

TEST_CASE("a damaged order or answer is survived") {
  CHECK_FALSE(readProbeOrder("{").has_value());
  CHECK_FALSE(readProbeOrder("{\"nonce\":1}").has_value());
  for (const std::string output :
       {"", "n1", "n1 ", "n1 result", "\nn1 result ok", "\nn1 result maybe 0 open\n",
        "\nn1 result failed x open\n", "\nn1 stage nowhere\n"}) {
    CHECK(judgeProbe("n1", {ProbeChildEnd::Kind::exited, 3, output}).outcome ==
          ProbeOutcome::crashed);
  }
}
