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
                  "reg delete \"HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\"
                  "MSExchangeIMC\\Performance\" /v \"" +
                      value + "\" /f"));
  }
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
