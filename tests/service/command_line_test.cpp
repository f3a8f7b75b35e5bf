#include "service/command_line.h"

#include "service/win32/handles.h"
#include "service/win32/text.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <sstream>

using namespace imshealth;

namespace {

struct Run {
  explicit Run(const std::vector<std::string>& arguments) {
    code = runCommandLine(arguments, {out, err});
  }
  std::ostringstream out, err;
  int code = -1;
};

}  // namespace

TEST_CASE("bad usage is exit code 2") {
  CHECK(Run({}).code == exit_code::usage);
  CHECK(Run({"nonsense"}).code == exit_code::usage);
  CHECK(Run({"repair", "--nonsense"}).code == exit_code::usage);
  CHECK(Run({"check", "NotWatched"}).code == exit_code::usage);
  CHECK(Run({"check", "--policy", "C:\\no such policy.json"}).code == exit_code::usage);
}

TEST_CASE("help and version are exit code 0") {
  CHECK(Run({"--help"}).code == exit_code::done);
  const Run version({"--version"});
  CHECK(version.code == exit_code::done);
  CHECK(version.out.str().find("imshealth") == 0);
}

TEST_CASE("the hidden verb is not shown") {
  CHECK(Run({"--help"}).out.str().find("probe") == std::string::npos);
}

TEST_CASE("started by hand, the service verb says what to do instead") {
  const Run run({"service"});
  CHECK(run.code == exit_code::usage);
  CHECK(run.err.str().find("net start ImsHealth") != std::string::npos);
}

TEST_CASE("devices, pipes and folders are not read as a policy") {
  constexpr char pipe[] = "\\\\.\\pipe\\imshealth-policy-test";
  const UniqueFile server(CreateNamedPipeW(toWide(pipe).c_str(), PIPE_ACCESS_DUPLEX,
                                           PIPE_TYPE_BYTE | PIPE_WAIT, PIPE_UNLIMITED_INSTANCES,
                                           4096, 4096, 0, nullptr));
  REQUIRE(server);
  for (const char* file : {"NUL", "CON", pipe, "C:\\windows", "C:\\"}) {
    INFO(file);
    CHECK(Run({"policy", "check", file}).code == exit_code::usage);
  }
}

TEST_CASE("a saved log that cannot be read is told once; with --json in the document too") {
  const std::string name = "C:\\no such log.evt";
  const Run table({"scan", name});
  CHECK(table.code == exit_code::usage);
  CHECK(table.out.str().empty());
  const std::string told = table.err.str();
  CHECK(told.find(name) != std::string::npos);
  CHECK(std::count(told.begin(), told.end(), '\n') == 1);
  const Run document({"scan", "--json", name});
  CHECK(document.code == exit_code::usage);
  CHECK(document.out.str().find("\"errorCode\":2") != std::string::npos);
  CHECK(document.err.str() == told);
}

TEST_CASE("with --json what keeps a command from its document is a document too") {
  const Run plain({"check", "NotWatched"});
  CHECK(plain.out.str().empty());
  const Run document({"check", "NotWatched", "--json"});
  CHECK(document.code == exit_code::usage);
  CHECK(document.err.str() == plain.err.str());
  CHECK(document.out.str() ==
        "{\n  \"error\": {\n    \"exitCode\": 2,\n    \"message\": \"NotWatched is not watched by "
        "the policy\"\n  }\n}\n");
}

TEST_CASE("the policy is explained: each cause, its decision, the rule") {
  const Run run({"policy", "explain", "--json"});
  CHECK(run.code == exit_code::done);
  CHECK(run.out.str().find("\"cause\": \"openFailed\"") != std::string::npos);
}
