// The plan as a file for cmd.exe.
#include "core/plan.h"

#include <catch2/catch.hpp>

using namespace imshealth;

namespace {

Step toolStep(StepKind kind, std::string tool, std::vector<std::string> arguments) {
  Step step;
  step.kind = kind;
  step.tool = ToolCommand{"C:\\WINNT\\system32\\" + std::move(tool), std::move(arguments),
                          "C:\\Exchange 100%\\bin"};
  return step;
}

bool hasLine(const std::string& script, const std::string& line) {
  return ("\r\n" + script).find("\r\n" + line + "\r\n") != std::string::npos;
}

}  // namespace

TEST_CASE("Tools are started by absolute path, from the counter file's folder") {
  const Plan plan{"MSExchangeIMC",
                  {toolStep(StepKind::unloadCounters, "unlodctr.exe", {"MSExchangeIMC"}),
                   toolStep(StepKind::loadCounters, "lodctr.exe", {"imcperf.ini"})}};
  const std::string script = asScript({plan});
  CHECK(hasLine(script, "cd /d \"C:\\Exchange 100%%\\bin\""));
  CHECK(hasLine(script, "\"C:\\WINNT\\system32\\unlodctr.exe\" MSExchangeIMC"));
  CHECK(hasLine(script, "\"C:\\WINNT\\system32\\lodctr.exe\" imcperf.ini"));
  CHECK(script.find("unlodctr.exe") < script.find("\\lodctr.exe"));
}

TEST_CASE("Nothing in an argument is cmd's own") {
  const auto [argument, written] = GENERATE(table<std::string, std::string>({
      {"C:\\a b\\x.dll", "\"C:\\a b\\x.dll\""},
      {"C:\\a&b\\x.dll", "\"C:\\a&b\\x.dll\""},
      {"C:\\a%TEMP%\\x.dll", "C:\\a%%TEMP%%\\x.dll"},
      {"C:\\a(b)\\x.dll", "\"C:\\a(b)\\x.dll\""},
      {"/s", "/s"},
  }));
  const Plan plan{"X", {toolStep(StepKind::registerLibrary, "regsvr32.exe", {argument})}};
  CHECK(hasLine(asScript({plan}), "\"C:\\WINNT\\system32\\regsvr32.exe\" " + written));
}

TEST_CASE("What will be overwritten is saved before the first step, and only once") {
  Step restore;
  restore.kind = StepKind::restoreLibrary;
  restore.description = "copy";
  restore.files = {"D:\\Recovery\\imsperf.dll", "C:\\exchsrvr\\bin\\imsperf.dll"};
  Step backUp;
  backUp.kind = StepKind::backUp;
  backUp.files = {"C:\\exchsrvr\\bin\\imsperf.dll", "C:\\WINNT\\system32\\perfc009.dat"};
  const std::string script = asScript({{"MSExchangeIMC", {restore, backUp}}});
  const auto saved = script.find("copy \"C:\\exchsrvr\\bin\\imsperf.dll\" \"%backup%\"");
  const auto copied =
      script.find("copy \"D:\\Recovery\\imsperf.dll\" \"C:\\exchsrvr\\bin\\imsperf.dll\"");
  REQUIRE(saved != std::string::npos);
  REQUIRE(copied != std::string::npos);
  CHECK(saved < copied);
  CHECK(script.find("rem --- backUp") == script.rfind("rem --- backUp"));
  CHECK(hasLine(script, "copy \"C:\\WINNT\\system32\\perfc009.dat\" \"%backup%\""));
}

TEST_CASE("Index values that are left are removed one by one, Object List too") {
  Step unload;
  unload.kind = StepKind::unloadCounters;
  const std::string script = asScript({{"MSExchangeIMC", {unload}}});
  for (const std::string value :
       {"First Counter", "Last Counter", "First Help", "Last Help", "Object List"}) {
    CHECK(hasLine(script,
                  "\"%SystemRoot%\\system32\\reg.exe\" delete "
                  "\"HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\"
                  "MSExchangeIMC\\Performance\" /v \"" +
                      value + "\" /f"));
  }
}

TEST_CASE("Where there is no reg.exe the file stops before the first value is to be removed") {
  Step unload;
  unload.kind = StepKind::unloadCounters;
  const std::string script = asScript({{"MSExchangeIMC", {unload}}});
  const auto stops =
      script.find("if not exist \"%SystemRoot%\\system32\\reg.exe\" goto failed\r\n");
  REQUIRE(stops != std::string::npos);
  CHECK(stops < script.find("reg.exe\" delete"));
  CHECK(hasLine(
      script,
      "if not exist \"%SystemRoot%\\system32\\reg.exe\" echo There is no reg.exe. Remove "
      "First Counter, Last Counter, First Help, Last Help and Object List with regedit from "
      "\"HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\MSExchangeIMC\\"
      "Performance\" and have a new file written, under another name."));
}

TEST_CASE("A check that fails says at what, and the window stays open on Windows NT 4.0 too") {
  Step restore;
  restore.kind = StepKind::restoreLibrary;
  restore.files = {"D:\\Recovery\\imsperf.dll", "C:\\exchsrvr\\bin\\imsperf.dll"};
  const std::string script =
      asScript({{"X", {restore, toolStep(StepKind::loadCounters, "lodctr.exe", {"imcperf.ini"})}}});
  CHECK(hasLine(script,
                "if not exist \"C:\\Exchange 100%%\\bin\\*\" echo Not there: "
                "\"C:\\Exchange 100%%\\bin\\*\""));
  CHECK(hasLine(script,
                "if errorlevel 1 echo Not a copy of \"D:\\Recovery\\imsperf.dll\": "
                "\"C:\\exchsrvr\\bin\\imsperf.dll\""));
  // Each check speaks before it stops.
  std::size_t stop = 0;
  while ((stop = script.find(" goto failed\r\n", stop + 1)) != std::string::npos) {
    const auto line = script.rfind("\r\n", stop);
    const std::string condition = script.substr(line + 2, stop - line - 2);
    CHECK(script.rfind(condition + " echo ", line) != std::string::npos);
  }
  CHECK(script.find("exit /b") == std::string::npos);
  CHECK(script.find(":eof") == std::string::npos);
  CHECK(script.ends_with("\r\n\"%ComSpec%\" /c exit 1\r\n\r\n:done\r\n"));
}

TEST_CASE("The place of the backup may have any name that a folder may have") {
  Step backUp;
  backUp.kind = StepKind::backUp;
  CHECK(hasLine(asScript({{"MSExchangeIMC", {backUp}}}), "set \"backup=%~dpn0-MSExchangeIMC\""));
}

TEST_CASE("What does not apply is a remark; two services are two parts of one file") {
  Step step = toolStep(StepKind::registerLibrary, "regsvr32.exe", {"/s", "x.dll"});
  step.applicable = false;
  step.whyNot = "the library does not export DllRegisterServer";
  const std::string script = asScript({{"A", {step}}, {"B", {step}}});
  CHECK(script.find("\r\n\"C:") == std::string::npos);
  CHECK(hasLine(script, "rem The counters of A, after Microsoft article Q256927."));
  CHECK(hasLine(script, "rem The counters of B, after Microsoft article Q256927."));
  CHECK(script.find("@echo off") == script.rfind("@echo off"));
}
